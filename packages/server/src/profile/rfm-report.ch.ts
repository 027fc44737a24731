import type { RfmReport } from '@qianmian/contract';
import type { Warehouse } from '../platform/warehouse.ts';
import { PROFILES } from './store.ch.ts';

/** What the RFM report counts over the profiles as computed last. */
export function rfmWarehouse(warehouse: Warehouse) {
  return {
    /** Customers by recency and frequency. */
    cells: (workspace: string) =>
      warehouse.query<RfmReport['cells'][number]>(
        `SELECT recency_score AS recency, frequency_score AS frequency, count() AS people,
           sum(spend_cents) AS spendCents, avg(monetary_score) AS averageMonetaryScore
         FROM ${PROFILES} WHERE orders > 0 GROUP BY recency, frequency ORDER BY recency, frequency`,
        { workspace },
      ),

    /** Customers by named group; days are counted to `asOf`. */
    groups: (workspace: string, asOf: number) =>
      warehouse.query<RfmReport['groups'][number]>(
        `SELECT rfm_group AS \`group\`, count() AS people, sum(spend_cents) AS spendCents,
           if(sum(orders) = 0, 0, toInt64(floor(sum(spend_cents) / sum(orders) + 0.5))) AS averageOrderCents,
           quantileExact(0.5)(greatest(0, intDiv({asOf:Int64} - toUnixTimestamp64Milli(assumeNotNull(last_order_at)), 86400000))) AS medianDaysSinceLastOrder
         FROM ${PROFILES} WHERE orders > 0 GROUP BY rfm_group`,
        { workspace, asOf },
      ),

    /** Everybody by stage of life. */
    stages: (workspace: string) =>
      warehouse.query<RfmReport['lifecycle'][number]>(
        `SELECT lifecycle AS stage, count() AS people, sum(spend_cents) AS spendCents FROM ${PROFILES} GROUP BY lifecycle`,
        { workspace },
      ),
  };
}
