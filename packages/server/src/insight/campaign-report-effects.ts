import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { CampaignReport, ReportEstimate } from '@qianmian/contract';
import { adjustForBefore, type BeforeAndAfter } from '@qianmian/science/cuped';
import { type Estimate, sampleRatioP } from '@qianmian/science/experiment';
import { roughEffect } from '@qianmian/science/few-occurrences';
import {
  drawInto,
  effectAmong,
  type Outcomes,
  occurrencesNeeded,
  openDraws,
} from '@qianmian/science/randomisation';
import { differenceInShares } from '@qianmian/science/shares';
import type { ArmSums } from './report-store.ch.ts';

/** A year: it holds every season, and the last orders of those who have not bought for long. */
export const DAYS_BEFORE = 365;

/** Below this the split did not come out as planned by chance. */
const SPLIT_OFF = 0.001;

export type Arms = Record<ArmSums['arm'], ArmSums>;
export type Effects = Pick<
  CampaignReport,
  | 'buyers'
  | 'revenuePerPerson'
  | 'incrementalRevenueCents'
  | 'buyerShare'
  | 'incrementalBuyers'
  | 'spendBefore'
>;

/** Effects per person, and what they come to over everyone treated; the same for the same sides and `seed`. */
export async function effectsOf({ treated, control }: Arms, seed: number): Promise<Effects> {
  const hasBoth = treated.people > 0 && control.people > 0;
  const revenue = hasBoth ? await revenueEffect(treated, control, seed) : null;
  const buyers = hasBoth ? buyersOf(treated, control) : null;
  const share = shareEffect(treated, control, isRough(buyers));
  return {
    buyers,
    revenuePerPerson: revenue?.perPerson ?? null,
    incrementalRevenueCents: revenue && times(revenue.perPerson, treated.people),
    buyerShare: share,
    incrementalBuyers: share && times(share, treated.people),
    spendBefore: revenue?.spendBefore ?? null,
  };
}

/** A seed that is a campaign's own, so that its report says the same whenever it is asked. */
export function seedOf(campaignId: string): number {
  return createHash('sha256').update(campaignId).digest().readInt32LE();
}

/** p of the people measured being split as planned; null where no split was planned. */
export function splitP({ treated, control }: Arms, controlShare: number): number | null {
  if (controlShare === 0 || treated.people + control.people === 0) return null;
  return sampleRatioP([treated.people, control.people], [1 - controlShare, controlShare]);
}

/** What may be said; `isOpen` while orders still count. */
export function verdictOf(
  { treated, control }: Arms,
  effects: Effects,
  { sampleRatioP: p, isOpen }: { sampleRatioP: number | null; isOpen: boolean },
): CampaignReport['verdict'] {
  if (treated.people === 0) return 'nobody';
  if (control.people === 0) return 'noControl';
  if (p !== null && p < SPLIT_OFF) return 'badSplit';
  if (isOpen) return 'running';
  if (treated.orders + control.orders === 0) return 'noOrders';
  const { low, high } = effects.incrementalRevenueCents ?? { low: null, high: null };
  if (isRough(effects.buyers) || low === null || high === null) return 'tooFew';
  if (low > 0) return 'gain';
  return high < 0 ? 'loss' : 'unclear';
}

function buyersOf(treated: ArmSums, control: ArmSums): { measured: number; needed: number } {
  return {
    measured: treated.buyers + control.buyers,
    needed: occurrencesNeeded(control.people, treated.people),
  };
}

/** Whether so few have bought that estimates are rough and nothing is concluded from them. */
const isRough = (buyers: Effects['buyers']) => buyers !== null && buyers.measured < buyers.needed;

function shareEffect(treated: ArmSums, control: ArmSums, isRough: boolean): ReportEstimate | null {
  const share = differenceInShares(
    { yes: control.buyers, n: control.people },
    { yes: treated.buyers, n: treated.people },
  );
  return share && (isRough ? { ...share, pValue: null } : share);
}

/** The difference roughly while few have bought, else adjusted by what was spent before; each with its interval. */
async function revenueEffect(
  treated: ArmSums,
  control: ArmSums,
  seed: number,
): Promise<{ perPerson: ReportEstimate; spendBefore: Effects['spendBefore'] }> {
  const seen = treated.cents / treated.people - control.cents / control.people;
  const plain = { value: seen, low: null, high: null, pValue: null };
  const [controlSpending, treatedSpending] = [spendingOf(control), spendingOf(treated)];
  if (isRough(buyersOf(treated, control))) {
    const rough = roughEffect(boughtFor(controlSpending), boughtFor(treatedSpending), { seed });
    return { perPerson: rough ? { ...rough, pValue: null } : plain, spendBefore: null };
  }
  const adjusted = adjustForBefore(controlSpending, treatedSpending);
  const effect = await randomised(adjusted.control, adjusted.treated, seed);
  const spendBefore = adjusted.slope === 0 ? null : { days: DAYS_BEFORE, explained: adjusted.explained };
  return { perPerson: effect ?? plain, spendBefore };
}

function boughtFor({ n, after }: BeforeAndAfter): Outcomes {
  return { n, values: after.filter((amount) => amount !== 0) };
}

function spendingOf({ people, spending }: ArmSums): BeforeAndAfter {
  return {
    n: people,
    after: Float64Array.from(spending, ([after]) => after),
    before: Float64Array.from(spending, ([, before]) => before),
  };
}

const ASSIGNMENTS = 1999;
/** About 10 ms of work for the largest campaigns. */
const AT_ONCE = 50;

/** The randomisation interval, drawn in pieces between which others get their turn. */
async function randomised(control: Outcomes, treated: Outcomes, seed: number): Promise<Estimate | null> {
  const draws = openDraws(control, treated, { seed });
  const drawn = new Float64Array(ASSIGNMENTS);
  for (let from = 0; from < ASSIGNMENTS; from += AT_ONCE) {
    drawInto(draws, drawn, from, Math.min(ASSIGNMENTS, from + AT_ONCE));
    await setImmediate();
  }
  return effectAmong(drawn, control, treated);
}

function times(effect: ReportEstimate, units: number): ReportEstimate {
  const many = (value: number | null) => (value === null ? null : value * units);
  return {
    value: effect.value * units,
    low: many(effect.low),
    high: many(effect.high),
    pValue: effect.pValue,
  };
}
