import { MINUTE } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { tidyCode } from './codes.ts';
import type { RedeemUses, ReleaseCodes } from './redeem.ts';
import { type CodeUse, type Place, promotionWarehouse } from './store.ch.ts';
import {
  type CodeRow,
  codesRedeemedBy,
  codesRedeemedByOrders,
  openCodesAmong,
  type PromotionTables,
  readTo,
  workspacesWithOpenCodes,
} from './store.pg.ts';

const PAGE = 20_000;
const RELEASE_PAGE = 2_000;
/**
 * So much is read again each time: a clock that was set back, or a second process, may have given lines versions below
 * those that were read. Versions count microseconds.
 */
const OVERLAP = 10 * MINUTE * 1000;

/**
 * Reads what was stored for codes of ours, from where the last reading ended: whatever became of the announcement, the
 * orders are in the warehouse.
 */
export function openReading(parts: {
  ledger: Ledger;
  warehouse: Warehouse;
  redeemUses: RedeemUses;
  release: ReleaseCodes;
}) {
  const db = parts.ledger.withTables<PromotionTables>();
  const store = promotionWarehouse(parts.warehouse);

  /** Opens those of these codes again whose orders are no more. */
  async function releaseGone(workspace: string, rows: readonly CodeRow[]): Promise<void> {
    if (rows.length === 0) return;
    const gone = await store.goneOrders(workspace, [...new Set(rows.map((row) => row.order_id!))]);
    await parts.release(rows.filter((row) => gone.has(row.order_id!)));
  }

  /** Of a page's orders only those with a code that nobody used yet, or that they used, are looked at closer. */
  async function redeemPage(workspace: string, page: readonly Place[]): Promise<void> {
    const told = [...new Set(page.map((p) => p.orderId))];
    await releaseGone(workspace, await codesRedeemedBy(db, workspace, told));
    const open = await openCodesAmong(db, workspace, [...new Set(page.map((p) => tidyCode(p.code)))]);
    const isOpen = (use: Pick<CodeUse, 'code'>) => open.has(tidyCode(use.code));
    const orders = [...new Set(page.filter(isOpen).map((p) => p.orderId))];
    if (orders.length === 0) return;
    const gone = await store.goneOrders(workspace, orders);
    const uses = await store.codesOfOrders(workspace, orders);
    await parts.redeemUses(
      workspace,
      uses.filter((use) => isOpen(use) && !gone.has(use.orderId)),
    );
  }

  return {
    workspaces: () => workspacesWithOpenCodes(db),

    /** Opens all codes again whose orders are no more: an import that was undone left no trace of them. */
    async releaseAll(workspace: string, signal?: AbortSignal): Promise<void> {
      let after = 0;
      while (!signal?.aborted) {
        const rows = await codesRedeemedByOrders(db, workspace, after, RELEASE_PAGE);
        await releaseGone(workspace, rows);
        if (rows.length < RELEASE_PAGE) return;
        after = rows.at(-1)!.id;
      }
    },

    /** Redeems the codes of orders stored since the last reading, and opens those of cancelled ones again. Safe to repeat and to run twice at once. */
    async readOn(workspace: string, signal?: AbortSignal): Promise<void> {
      const version = Math.max(0, (await readTo(db, workspace)) - OVERLAP);
      let place: Place = { version, orderId: '', code: '' };
      while (!signal?.aborted) {
        const page = await store.ordersWithCodes(workspace, place, PAGE);
        const last = page.at(-1);
        if (!last) return;
        await redeemPage(workspace, page);
        await readTo(db, workspace, last.version);
        if (page.length < PAGE) return;
        place = last;
      }
    },
  };
}
export type Reading = ReturnType<typeof openReading>;
