import type { Condition, WhyNode } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { maskWords, type Profile } from '../profile/index.ts';
import { noSegment } from './errors.ts';
import { why } from './evaluate.ts';
import type { Life } from './life.ts';
import type { Definitions } from './references.ts';
import type { Segments } from './segments.ts';
import { type ComputedRow, segmentWarehouse } from './store.ch.ts';

/** Names of the events a condition asks about, also by way of other segments. */
function eventsIn(c: Condition, definitions: Definitions): string[] {
  if (c.kind === 'not') return eventsIn(c.of, definitions);
  if (c.kind === 'all' || c.kind === 'any') return c.of.flatMap((part) => eventsIn(part, definitions));
  if (c.kind === 'segment') return eventsIn(definitions.get(c.segment)!.condition, definitions);
  return c.kind === 'events' ? [c.event] : [];
}

/** Why a person is or is not in a segment: the condition judged over their own facts. */
export function openExplain(parts: {
  warehouse: Warehouse;
  workspaces: Pick<Workspaces, 'get'>;
  profile: Pick<Profile, 'person' | 'asOf'>;
  segments: Segments;
}) {
  const { profile, segments } = parts;
  const store = segmentWarehouse(parts.warehouse);

  async function lifeOf(workspace: string, number: number, eventNames: string[]): Promise<Life> {
    const known = await profile.person.facts(workspace, number);
    const [events, computed] = await Promise.all([
      eventNames.length === 0 ? [] : store.eventsOf(workspace, known.whose, [...new Set(eventNames)]),
      store.computedOf(workspace, known.person),
    ]);
    return {
      traits: known.traits,
      tags: new Set(known.tags),
      consent: new Set(known.consent),
      lines: known.lines,
      events: events.map((e) => ({ name: e.name, time: e.ms, properties: e.properties })),
      facts: factsOf(computed),
    };
  }

  return async (workspace: string, id: string, number: number, reveal: boolean) => {
    const definitions = await segments.definitions(workspace);
    const definition = definitions.get(id);
    if (!definition) throw noSegment(id);
    const { timeZone } = await parts.workspaces.get(workspace);
    const life = await lifeOf(workspace, number, eventsIn(definition.condition, definitions));
    const now = await profile.asOf(workspace);
    const reasons = why(definition.condition, life, { now, timeZone, definitions });
    return { member: reasons.holds, why: reveal ? reasons : masked(reasons) };
  };
}

/** A person whose profile is not computed yet stands as one of whom nothing is known. */
function factsOf(row: ComputedRow | undefined): Life['facts'] {
  const scored = (score: number | undefined) => score || null;
  return {
    orders: row?.orders ?? 0,
    spendCents: row?.spend_cents ?? 0,
    averageOrderCents: row?.average_order_cents ?? 0,
    returnsCents: row?.returns_cents ?? 0,
    firstOrderAt: row?.first_order ?? null,
    lastOrderAt: row?.last_order ?? null,
    lastSeenAt: row?.last_seen ?? null,
    recencyScore: scored(row?.recency_score),
    frequencyScore: scored(row?.frequency_score),
    monetaryScore: scored(row?.monetary_score),
    rfmGroup: row?.rfm_group || null,
    lifecycle: row?.lifecycle ?? 'prospect',
  };
}

function masked(node: WhyNode): WhyNode {
  const fact = node.kind === 'trait' && node.fact !== null ? maskWords(node.fact) : node.fact;
  return { ...node, fact, of: node.of.map(masked) };
}
