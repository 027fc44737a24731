import type { ClientKey } from '@qianmian/contract';
import type { EventFact, OrderLineFact, PersonFact, ProductFact, StockFact, StoreFact } from './facts.ts';

/** A fact with the person it belongs to; 0 for nobody. */
export interface Resolved<F> {
  fact: F;
  personId: number;
  /** Number of the strongest identifier it came with: whoever that turns out to be, the fact follows. 0 for none. */
  anchor: number;
}

/** Facts of one workspace on their way into the warehouse, after people were resolved and repeats taken out. */
export interface FactBatch {
  workspace: string;
  /** Source or import the facts came from. */
  source: string;
  importId: string;
  /** When the first of it was received; of each fact `heardAt` says it. */
  receivedAt: number;
  /** Rises with every batch: what came later wins over what came earlier. */
  version: number;
  /** The same batch again (after a crash) carries the same token. */
  token: string;
  /** They came by a client's key: what of it counts. */
  client?: ClientKey | null;
  products: ProductFact[];
  stores: StoreFact[];
  stocks: StockFact[];
  people: Resolved<PersonFact>[];
  orderLines: Resolved<OrderLineFact>[];
  events: Resolved<EventFact>[];
}

/** When a fact was received: nobody says anything before it is heard. */
export const heardAt = (fact: { receivedAt?: number }, batch: { receivedAt: number }): number =>
  fact.receivedAt ?? batch.receivedAt;

/**
 * Writes what a domain derives from facts. Called before the events themselves are stored, and again with the same
 * facts after a crash in between: writing twice must leave what writing once leaves.
 */
export type FactSink = (batch: FactBatch) => Promise<void>;
