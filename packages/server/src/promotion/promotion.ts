import type { Bus } from '../platform/bus.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { openCoupons } from './coupons.ts';
import { openIssue } from './issue.ts';
import { promotionJobs } from './jobs.ts';
import { openReading } from './reading.ts';
import { openRedeem } from './redeem.ts';

/** What we offer: coupons, the codes people have of them, and their use. */
export function openPromotion(
  parts: Parameters<typeof openRedeem>[0] & { warehouse: Warehouse; jobs: Jobs; bus: Bus },
) {
  const { list: codes, redeemUses, release, tellUntold, ...redemption } = openRedeem(parts);
  const reading = openReading({ ...parts, redeemUses, release });
  const { start } = promotionJobs({ ...parts, reading, redeemUses, tellUntold });
  return { coupons: openCoupons(parts), ...openIssue(parts), ...redemption, codes, start };
}
export type Promotion = ReturnType<typeof openPromotion>;
