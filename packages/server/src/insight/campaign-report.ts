import type { Campaign, CampaignReport } from '@qianmian/contract';
import type { Campaigns } from '../campaign/index.ts';
import { type Clock, DAY, isoOf } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Promotion } from '../promotion/index.ts';
import { DAYS_BEFORE, effectsOf, seedOf, splitP, verdictOf } from './campaign-report-effects.ts';
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
    const endsAt = windowEnd(campaign);
    const of = { workspace, campaign: id, days: campaign.measureDays, daysBefore: DAYS_BEFORE, now };
    const [sides, daily, funnel, coupons] = await Promise.all([
      store.arms(of),
      store.dailyCents(of),
      parts.campaigns.funnel(workspace, id),
      // A code used later belongs to an order that does not count either.
      parts.promotion.totalsOf(id, endsAt),
    ]);
    const arms = {
      treated: sides.find((s) => s.arm === 'treated') ?? nobody('treated'),
      control: sides.find((s) => s.arm === 'control') ?? nobody('control'),
    };
    const effects = await effectsOf(arms, seedOf(id));
    const sampleRatioP = splitP(arms, campaign.controlShare);
    const isOpen = endsAt !== null && now < endsAt;
    const { treated: reached, sent, opened, clicked } = funnel;
    return {
      campaign,
      asOf: isoOf(now),
      windowEndsAt: endsAt === null ? null : isoOf(endsAt),
      verdict: verdictOf(arms, effects, { sampleRatioP, isOpen }),
      funnel: { treated: reached, sent, opened, clicked, redeemed: coupons.redeemed },
      treated: presentArm(arms.treated),
      control: presentArm(arms.control),
      ...effects,
      couponDiscountCents: coupons.discountCents,
      sampleRatioP,
      daily: curves(daily, arms, daysMeasured(campaign, now)),
    };
  };
}
export type CampaignReporter = ReturnType<typeof openCampaignReport>;

function nobody(arm: ArmSums['arm']): ArmSums {
  return { arm, people: 0, buyers: 0, orders: 0, cents: 0, spending: [] };
}

/** From when on no order counts any more; null before the launch. */
function windowEnd(campaign: Campaign): number | null {
  return campaign.launchedAt ? Date.parse(campaign.launchedAt) + campaign.measureDays * DAY : null;
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
