import { dayIn } from '@qianmian/contract';
import { DAY, HOUR } from '../../platform/clock.ts';
import type { EventFact, Fact } from '../facts.ts';
import type { Turned } from './recent.ts';

/** What was read from one delivery, as far as quality asks. */
export interface ReadDelivery {
  workspace: string;
  source: string;
  receivedAt: number;
  timeZone: string;
  facts: readonly Fact[];
  /** Reasons of the messages that are held. */
  held: readonly string[];
  rejected: readonly Omit<Turned, 'outcome'>[];
  /** Messages that would be held or turned away, and came before. */
  repeated?: readonly Omit<Turned, 'outcome'>[];
  /** Rows that were stored and tell no event. */
  others?: number;
  /** Kinds of difference, of each stored event that has some. */
  warned: readonly (readonly string[])[];
}

/** Counts of a batch: by workspace, source, day and reason, and messages by the hour. */
export interface BatchCounts {
  counts: { workspace: string; source: string; day: string; reason: string; n: number }[];
  hours: { workspace: string; source: string; hour: number; n: number }[];
  turned: { workspace: string; one: Turned }[];
}

/** Whether the catalogue knows a product ('p' before its id) or store ('s'). */
export type IsKnown = (workspace: string, key: string) => boolean;

/** Names of texts that stand for nothing. */
const EMPTY = new Set(['', 'null', 'undefined', 'NaN', 'N/A', 'none']);
const SOMEBODY = new Set(['user', 'member_card', 'unionid', 'phone', 'email', 'openid']);

/** What a batch says of quality; `cameBefore` says whether a message is stored already. */
export function countBatch(
  deliveries: readonly ReadDelivery[],
  {
    cameBefore,
    isKnown,
  }: { cameBefore: (workspace: string, messageId: string, at: number) => boolean; isKnown: IsKnown },
): BatchCounts {
  const counts = new Map<string, BatchCounts['counts'][number]>();
  const hours = new Map<string, BatchCounts['hours'][number]>();
  const turned: BatchCounts['turned'] = [];
  const inBatch = new Map<string, Set<string>>();
  for (const delivery of deliveries) {
    const { workspace, source, receivedAt } = delivery;
    const day = dayIn(delivery.timeZone, receivedAt);
    const sums = new Map<string, number>();
    const add = (reason: string, n = 1) => {
      if (n > 0) sums.set(reason, (sums.get(reason) ?? 0) + n);
    };
    const seen = inBatch.get(workspace) ?? new Set<string>();
    inBatch.set(workspace, seen);
    for (const reason of delivery.held) add(`held:${reason}`);
    for (const kinds of delivery.warned) for (const kind of new Set(kinds)) add(`warned:${kind}`);
    for (const one of delivery.rejected) {
      add(`rejected:${one.reasons[0] ?? ''}`);
      turned.push({ workspace, one: { ...one, outcome: 'rejected' } });
    }
    const again = delivery.repeated ?? [];
    add('repeated', again.length);
    for (const one of again) turned.push({ workspace, one: { ...one, outcome: 'repeated' } });
    let events = again.length;
    for (const { event, others } of messagesOf(delivery.facts)) {
      events += 1;
      if (seen.has(event.messageId) || cameBefore(workspace, event.messageId, receivedAt)) {
        add('repeated');
        turned.push({ workspace, one: repeatedOf(event, delivery) });
        continue;
      }
      seen.add(event.messageId);
      add('stored');
      const delay = receivedAt - event.time;
      if (delay > HOUR) add('late');
      if (delay > DAY) add('day_late');
      if (hasEmptyValue(event.properties)) add('empty_value');
      const things = thingsOf(event, others);
      if (things.products.some((id) => !isKnown(workspace, `p${id}`))) add('unknown_product');
      if (things.stores.some((id) => !isKnown(workspace, `s${id}`))) add('unknown_store');
      if (things.hasOrder && !event.identifiers.some((one) => SOMEBODY.has(one.type))) add('no_customer');
    }
    const others = delivery.others ?? 0;
    add('stored', others);
    const messages = events + others + delivery.held.length + delivery.rejected.length;
    if (messages === 0) continue;
    add('messages', messages);
    for (const [reason, n] of sums) {
      const key = `${workspace}\n${source}\n${day}\n${reason}`;
      const sum = counts.get(key);
      if (sum) sum.n += n;
      else counts.set(key, { workspace, source, day, reason, n });
    }
    const hour = Math.floor(receivedAt / HOUR) * HOUR;
    const key = `${workspace}\n${source}\n${hour}`;
    const sum = hours.get(key);
    if (sum) sum.n += messages;
    else hours.set(key, { workspace, source, hour, n: messages });
  }
  return { counts: [...counts.values()], hours: [...hours.values()], turned };
}

/** Products and stores that deliveries name, so that the catalogue can be asked once: 'p' or 's' before the id. */
export function namedThings(deliveries: readonly ReadDelivery[]): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>();
  for (const { workspace, facts } of deliveries) {
    const keys = named.get(workspace) ?? new Set<string>();
    named.set(workspace, keys);
    for (const { event, others } of messagesOf(facts)) {
      const { products, stores } = thingsOf(event, others);
      for (const id of products) keys.add(`p${id}`);
      for (const id of stores) keys.add(`s${id}`);
    }
  }
  return named;
}

/** Facts by message: a message's event is the last of its facts. */
function* messagesOf(facts: readonly Fact[]): Generator<{ event: EventFact; others: Fact[] }> {
  let others: Fact[] = [];
  for (const fact of facts) {
    if (fact.kind !== 'event') others.push(fact);
    else {
      yield { event: fact, others };
      others = [];
    }
  }
}

function thingsOf(event: EventFact, others: readonly Fact[]) {
  const products: string[] = [];
  const stores: string[] = [];
  let hasOrder = false;
  const named = event.properties.product_id;
  if (typeof named === 'string' && named !== '') products.push(named);
  for (const fact of others) {
    if (fact.kind === 'product' && fact.hearsay) products.push(fact.productId);
    else if (fact.kind === 'store' && fact.hearsay) stores.push(fact.storeId);
    else if (fact.kind === 'orderLine') {
      hasOrder = true;
      products.push(fact.productId);
      if (fact.storeId) stores.push(fact.storeId);
    }
  }
  return { products, stores, hasOrder };
}

function hasEmptyValue(properties: Record<string, unknown>): boolean {
  for (const key in properties) {
    const value = properties[key];
    if (value === null || (typeof value === 'string' && value.length < 10 && EMPTY.has(value.trim())))
      return true;
  }
  return false;
}

function repeatedOf(event: EventFact, { receivedAt, source }: ReadDelivery): Turned {
  return {
    outcome: 'repeated',
    reasons: [],
    detail: '',
    name: event.name,
    time: event.time,
    receivedAt,
    source,
    channel: event.channel ?? '',
    messageId: event.messageId,
  };
}
