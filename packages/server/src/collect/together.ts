import { isDeepStrictEqual } from 'node:util';
import type { ClientKey } from '@qianmian/contract';
import type { Header } from './delivery.ts';
import type { Fact } from './facts.ts';

/** What one delivery says, and what counts of it. */
export interface Said {
  header: Header;
  facts: readonly Fact[];
  /** What counts by the key it came by; null where that is no client's. */
  client: ClientKey | null;
}

/** Facts of several deliveries that are stored as one. */
export interface Together {
  /** Tells it from others of the same batch: the same deliveries have the same. */
  key: string;
  /** Of the first delivery. */
  header: Header;
  facts: Fact[];
  client: ClientKey | null;
}

/**
 * Puts deliveries together that are stored as one, as large as can be: storing costs nearly the same for one as for
 * thousands. Each fact keeps the moment its own delivery was received. What counts by a key and which steps clean what
 * came hold for the whole, so deliveries that differ in them are apart, in their order.
 */
export async function putTogether(
  deliveries: Iterable<Said>,
  /** Version of the steps that clean what a workspace received at a moment. */
  stepsAt: (workspace: string, moment: number) => Promise<number>,
): Promise<Together[]> {
  const all: Together[] = [];
  const open = new Map<string, { to: Together; steps: number; asked: number; parts: number }>();
  for (const { header, facts, client } of deliveries) {
    if (facts.length === 0) continue;
    const { workspace, source, receivedAt } = header;
    const key = `${workspace}\n${source}${header.replay ? '\nreplay' : ''}`;
    const now = open.get(key);
    const steps = now?.asked === receivedAt ? now.steps : await stepsAt(workspace, receivedAt);
    if (now && now.steps === steps && isDeepStrictEqual(now.to.client, client)) {
      now.asked = receivedAt;
      add(now.to, facts, receivedAt);
      continue;
    }
    const parts = (now?.parts ?? 0) + 1;
    const to: Together = { key: parts === 1 ? key : `${key}\n${parts}`, header, facts: [], client };
    open.set(key, { to, steps, asked: receivedAt, parts });
    all.push(to);
    add(to, facts, receivedAt);
  }
  return all;
}

function add(to: Together, facts: readonly Fact[], receivedAt: number): void {
  const isOther = receivedAt !== to.header.receivedAt;
  for (const fact of facts) {
    if (isOther) fact.receivedAt = receivedAt;
    to.facts.push(fact);
  }
}
