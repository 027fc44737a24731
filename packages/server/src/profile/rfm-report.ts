import {
  LIFECYCLE_STAGES,
  type LifecycleStage,
  RFM_GROUPS,
  type RfmGroup,
  type RfmReport,
} from '@qianmian/contract';
import { isoOf, isoOrNull } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Refresh } from './refresh.ts';
import { PROFILES } from './store.ch.ts';

/** The RFM grid, the named groups and the stages, from the profiles as computed last. */
export function openRfmReport(parts: { warehouse: Warehouse; refresh: Refresh }) {
  const { warehouse, refresh } = parts;
  return async (workspace: string): Promise<RfmReport> => {
    const last = await refresh.last(workspace);
    const [cells, groups, stages] = await Promise.all([
      warehouse.query<RfmReport['cells'][number]>(
        `SELECT recency_score AS recency, frequency_score AS frequency, count() AS people,
           sum(spend_cents) AS spendCents, avg(monetary_score) AS averageMonetaryScore
         FROM ${PROFILES} WHERE orders > 0 GROUP BY recency, frequency ORDER BY recency, frequency`,
        { workspace },
      ),
      warehouse.query<RfmReport['groups'][number]>(
        `SELECT rfm_group AS \`group\`, count() AS people, sum(spend_cents) AS spendCents,
           if(sum(orders) = 0, 0, toInt64(floor(sum(spend_cents) / sum(orders) + 0.5))) AS averageOrderCents,
           quantileExact(0.5)(greatest(0, intDiv({asOf:Int64} - toUnixTimestamp64Milli(assumeNotNull(last_order_at)), 86400000))) AS medianDaysSinceLastOrder
         FROM ${PROFILES} WHERE orders > 0 GROUP BY rfm_group`,
        { workspace, asOf: last.asOf },
      ),
      warehouse.query<RfmReport['lifecycle'][number]>(
        `SELECT lifecycle AS stage, count() AS people, sum(spend_cents) AS spendCents FROM ${PROFILES} GROUP BY lifecycle`,
        { workspace },
      ),
    ]);
    const empty = { people: 0, spendCents: 0 };
    return {
      computedAt: isoOrNull(last.computedAt),
      asOf: isoOf(last.asOf),
      customers: cells.reduce((n, c) => n + c.people, 0),
      cells,
      groups: RFM_GROUPS.map(
        (group: RfmGroup) =>
          groups.find((g) => g.group === group) ?? {
            group,
            ...empty,
            averageOrderCents: 0,
            medianDaysSinceLastOrder: 0,
          },
      ),
      lifecycle: LIFECYCLE_STAGES.map(
        (stage: LifecycleStage) => stages.find((s) => s.stage === stage) ?? { stage, ...empty },
      ),
      lifecycleDays: last.days,
    };
  };
}
