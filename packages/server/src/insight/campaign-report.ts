import type { Campaign, CampaignReport } from '@qianmian/contract';
import {
  differenceInMeans,
  type Effect,
  type Moments,
  momentsOfShare,
  sampleRatioP,
  scaled,
} from '@qianmian/science/experiment';
import type { Campaigns } from '../campaign/index.ts';
import { type Clock, DAY, isoOf } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Promotion } from '../promotion/index.ts';
import { type ArmSums, reportWarehouse } from './report-store.ch.ts';

/** What campaigns earned: treated people against those deliberately left untouched. */
export function openCampaignReport(parts: {
  warehouse: Warehouse;
  clock: Clock;
  campaigns: Pick<Campaigns, 'get' | 'funnel'>;
  promotion: Pick<Promotion, 'totalsOf'>;
}) {
  const store = reportWarehouse(parts.warehouse);

  return async function campaignReport(workspace: string, id: string): Promise<CampaignReport> {
    const campaign = await parts.campaigns.get(workspace, id);
    const now = parts.clock.now();
    const of = { workspace, campaign: id, days: campaign.measureDays, now };
    const [sums, daily, funnel, coupons] = await Promise.all([
      store.armSums(of),
      store.dailyCents(of),
      parts.campaigns.funnel(workspace, id),
      parts.promotion.totalsOf(id),
    ]);
    const treated = sums.find((s) => s.arm === 'treated') ?? nobody('treated');
    const control = sums.find((s) => s.arm === 'control') ?? nobody('control');
    const { treated: reached, sent, opened, clicked } = funnel;
    return {
      campaign,
      asOf: isoOf(now),
      windowEndsAt: windowEnd(campaign),
      funnel: { treated: reached, sent, opened, clicked, redeemed: coupons.redeemed },
      treated: presentArm(treated),
      control: presentArm(control),
      ...effects(treated, control),
      couponDiscountCents: coupons.discountCents,
      sampleRatioP: splitP(treated, control, campaign.controlShare),
      daily: curves(daily, { treated, control }, daysMeasured(campaign, now)),
    };
  };
}
export type CampaignReporter = ReturnType<typeof openCampaignReport>;

function nobody(arm: ArmSums['arm']): ArmSums {
  return { arm, people: 0, buyers: 0, orders: 0, cents: 0, squares: 0 };
}

function windowEnd(campaign: Campaign): string | null {
  return campaign.launchedAt ? isoOf(Date.parse(campaign.launchedAt) + campaign.measureDays * DAY) : null;
}

/** Days since the launch, the one under way included, at most as many as are measured. */
function daysMeasured(campaign: Campaign, now: number): number {
  if (!campaign.launchedAt) return 0;
  return Math.min(campaign.measureDays, Math.floor((now - Date.parse(campaign.launchedAt)) / DAY) + 1);
}

function presentArm(sums: ArmSums): CampaignReport['treated'] {
  return {
    people: sums.people,
    buyers: sums.buyers,
    orders: sums.orders,
    revenueCents: sums.cents,
    perPersonCents: sums.people === 0 ? 0 : sums.cents / sums.people,
  };
}

/** Effects per person, and what they come to over everyone treated. */
function effects(treated: ArmSums, control: ArmSums) {
  const revenue = differenceInMeans(momentsOf(control), momentsOf(treated));
  const share = differenceInMeans(
    momentsOfShare(control.buyers, control.people),
    momentsOfShare(treated.buyers, treated.people),
  );
  return {
    revenuePerPerson: presentEffect(revenue),
    incrementalRevenueCents: presentEffect(revenue && scaled(revenue, treated.people)),
    buyerShare: presentEffect(share),
    incrementalBuyers: presentEffect(share && scaled(share, treated.people)),
  };
}

function momentsOf(sums: ArmSums): Moments {
  return { n: sums.people, sum: sums.cents, sumSquares: sums.squares };
}

function presentEffect(effect: Effect | null) {
  if (!effect) return null;
  const { value, low, high, pValue } = effect;
  return { value, low, high, pValue };
}

/** p of the people measured being split as planned; null where no split was planned. */
function splitP(treated: ArmSums, control: ArmSums, controlShare: number): number | null {
  if (controlShare === 0 || treated.people + control.people === 0) return null;
  return sampleRatioP([treated.people, control.people], [1 - controlShare, controlShare]);
}

/** Revenue per person of each side from assignment to the end of each day. */
function curves(
  rows: readonly { arm: ArmSums['arm']; day: number; cents: number }[],
  arms: Record<ArmSums['arm'], ArmSums>,
  days: number,
): CampaignReport['daily'] {
  const until = (arm: ArmSums['arm'], day: number) =>
    rows.filter((r) => r.arm === arm && r.day < day).reduce((s, r) => s + r.cents, 0) /
    Math.max(1, arms[arm].people);
  return Array.from({ length: days }, (_, i) => ({
    day: i + 1,
    treatedPerPersonCents: until('treated', i + 1),
    controlPerPersonCents: until('control', i + 1),
  }));
}
