import type { ClientKey } from '@qianmian/contract';
import type { ClaimRow, OrderLineRow } from './store.ch.ts';

/** Who tells of orders, and when. */
export interface Teller {
  workspace: string;
  source: string;
  importId: string;
  version: number;
  /** It is told by a client's key. */
  client?: ClientKey | null;
}

/** The person a line is of, and the number of the identifier that says so. */
export type Whose = Pick<OrderLineRow, 'person_id' | 'anchor'>;

/** What is stored of some orders: lines as they are last (deleted ones too), claims in force. */
export interface StoredOrders {
  lines: readonly OrderLineRow[];
  claims: readonly ClaimRow[];
}

/** Nobody that is known. */
export const NOBODY: Whose = { person_id: 0, anchor: 0 };

/** Whether a row is what the same source said, and stands for it. */
export const isOwn = (row: OrderLineRow, teller: Teller) =>
  row.source === teller.source && row.import_id === '' && !isOutdone(row, teller);

/** Whether a row is what a client's key said and somebody else tells now: it counts for nothing, as if it came later. */
export const isOutdone = (row: { by_client: number }, teller: Teller) =>
  row.by_client === 1 && !teller.client;
