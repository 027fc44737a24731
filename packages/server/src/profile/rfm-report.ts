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
import { rfmWarehouse } from './rfm-report.ch.ts';

/** The RFM grid, the named groups and the stages, from the profiles as computed last. */
export function openRfmReport(parts: { warehouse: Warehouse; refresh: Refresh }) {
  const { refresh } = parts;
  const store = rfmWarehouse(parts.warehouse);
  return async (workspace: string): Promise<RfmReport> => {
    const last = await refresh.last(workspace);
    const [cells, groups, stages] = await Promise.all([
      store.cells(workspace),
      store.groups(workspace, last.asOf),
      store.stages(workspace),
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
