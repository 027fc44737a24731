import { untellOrders } from './retell-orders.ts';
import type { CollectWarehouse } from './store.ch.ts';

const ORDERS_AT_ONCE = 2000;

/**
 * Lets orders say again what they said before an import did, as far as no one said otherwise since; the import's own rows
 * are still to be deleted. May be repeated, and does not depend on which of the import's rows the warehouse has merged
 * away. Orders with returns come first: once their lines are put back, nothing tells that they were the import's.
 */
export async function untellImport(
  warehouse: CollectWarehouse,
  workspace: string,
  importId: string,
  version: number,
): Promise<void> {
  const orders = await warehouse.claimedOrdersOf(workspace, importId);
  for (let at = 0; at < orders.length; at += ORDERS_AT_ONCE) {
    const ids = orders.slice(at, at + ORDERS_AT_ONCE);
    const [lines, claims, replaced] = await Promise.all([
      warehouse.linesOf(workspace, ids),
      warehouse.claimsOf(workspace, ids),
      warehouse.replacedOf(workspace, ids),
    ]);
    const teller = { workspace, source: 'import', importId, version };
    await warehouse.insertOrderLines(untellOrders({ lines, claims, replaced }, teller));
  }
  await warehouse.putBackReplaced(workspace, importId, version);
}
