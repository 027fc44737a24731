import { type Arrival, type Outcome, VIOLATIONS } from '@qianmian/contract';
import { z } from 'zod';
import { type Clock, DAY, HOUR, isoOf } from '../../platform/clock.ts';
import { cursorOf, placeOf } from '../../platform/cursor.ts';
import { BEYOND_KEY } from '../client-key.ts';
import type { Owners, Whose } from '../owners.ts';
import type { Quality } from './quality.ts';
import type { ArrivalFilter, QualityWarehouse } from './store.ch.ts';

interface Asked {
  name?: string;
  source?: string;
  outcome?: Outcome;
  reason?: string;
  day?: string;
  whose?: Whose;
}

/** Those that arrived in the same moment: what is stored first, then what is held, then what was turned away. */
const [STORED, HELD, TURNED] = [0, 1, 2];

/**
 * Where a page ended: when its last message arrived, in which of the three it stands, and what these are sorted by
 * within. What arrives meanwhile stands before it and moves nothing.
 */
const placeForm = z.tuple([z.number(), z.number().min(STORED).max(TURNED), z.number(), z.string()]);
type Place = z.infer<typeof placeForm>;
type Placed = { arrival: Arrival; place: Place };

/** How far back is looked, one after another until there is enough. */
const WINDOWS = [HOUR, DAY, 400 * DAY, Number.POSITIVE_INFINITY];
const NOTHING_KEPT = { properties: {}, context: {}, envelope: {}, original: null };
const parsed = (text: string) => (text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
const isViolation = (reason: string) =>
  reason === BEYOND_KEY || (VIOLATIONS as readonly string[]).includes(reason);

/** Messages as they arrived, with what became of each. */
export function openArrivals(parts: {
  warehouse: QualityWarehouse;
  quality: Quality;
  people: Pick<Owners, 'whoseAre'>;
  clock: Clock;
}) {
  const { warehouse, quality, clock } = parts;

  async function within(
    workspace: string,
    asked: Asked,
    window: { from: number; to: number },
    place: Place | null,
    limit: number,
  ): Promise<Placed[]> {
    const partOf = (rank: number): ArrivalFilter => ({
      ...asked,
      ...window,
      ...behind(place, rank, window.to),
    });
    const wants = (outcome: Outcome) => asked.outcome === undefined || asked.outcome === outcome;
    const isOfPeople = asked.whose !== undefined;
    const isWarned = asked.outcome === 'warned' || (asked.reason !== undefined && isViolation(asked.reason));
    const warned = isWarned ? true : asked.outcome === 'stored' ? false : undefined;
    const hasEvents =
      (wants('stored') || wants('warned')) &&
      (asked.reason === undefined || asked.reason === 'late' || isViolation(asked.reason));
    const [events, held] = await Promise.all([
      hasEvents ? warehouse.arrived(workspace, { ...partOf(STORED), warned }, limit) : [],
      wants('quarantined') && !isOfPeople && asked.reason !== 'late'
        ? warehouse.heldBetween(workspace, partOf(HELD), limit)
        : [],
    ]);
    const violations = new Map(
      (events.length > 0 && warned !== false
        ? await warehouse.violationsOf(
            workspace,
            events.map((row) => row.message_id),
          )
        : []
      ).map((row) => [row.message_id, row]),
    );
    const people = await parts.people.whoseAre(workspace, events);
    const found: Placed[] = events.map((row, i) => {
      const violation = violations.get(row.message_id);
      const arrival: Arrival = {
        key: row.message_id,
        outcome: violation ? 'warned' : 'stored',
        reasons: [...new Set(violation?.kinds)],
        detail: (violation?.details ?? []).join(' '),
        ...{ name: row.name, time: row.time, receivedAt: row.received_at, personId: people[i] || null },
        ...{
          source: row.source,
          channel: row.channel,
          messageId: row.message_id,
          properties: row.properties,
          ...{ context: parsed(row.context), envelope: parsed(row.envelope) },
          original:
            row.protocol === ''
              ? null
              : { protocol: row.protocol, name: row.original_name, mapping: row.mapping },
        },
      };
      const place: Place = [Date.parse(row.received_at), STORED, Date.parse(row.time), row.message_hash];
      return { arrival, place };
    });
    for (const row of held) {
      const arrival: Arrival = {
        ...{ key: `held:${row.id}`, outcome: 'quarantined', reasons: [row.reason], detail: row.detail },
        ...{ name: row.event, time: null, receivedAt: row.received_at, personId: null, source: row.source },
        ...{ channel: '', messageId: row.id, ...NOTHING_KEPT },
      };
      found.push({ arrival, place: [Date.parse(row.received_at), HELD, 0, row.id] });
    }
    if (!isOfPeople)
      for (const { number, ...one } of turned(workspace, partOf(TURNED))) {
        if (!wants(one.outcome)) continue;
        if (asked.reason !== undefined && !one.reasons.includes(asked.reason) && asked.reason !== one.outcome)
          continue;
        const arrival: Arrival = {
          ...{ ...one, key: `${one.outcome}:${number}`, time: isoOf(one.time), personId: null },
          ...{ receivedAt: isoOf(one.receivedAt), ...NOTHING_KEPT },
        };
        found.push({ arrival, place: [one.receivedAt, TURNED, number, ''] });
      }
    // Each of the three is sorted already, and they stand in their order.
    return found.sort((a, b) => b.place[0] - a.place[0]);
  }

  /** What was turned away, the newest first. */
  const turned = (workspace: string, { from, to, name, source, after }: ArrivalFilter) =>
    quality
      .recent(workspace)
      .filter((one) => one.receivedAt >= from && one.receivedAt < to)
      .filter((one) => !after || one.receivedAt < after.at || one.number < after.time)
      .filter((one) => (name ?? one.name) === one.name && (source ?? one.source) === one.source)
      .sort((a, b) => b.receivedAt - a.receivedAt || b.number - a.number);

  return {
    /** The newest first, behind a cursor; each message once, also while more arrive. */
    async list(workspace: string, asked: Asked, page: { limit: number; cursor?: string }) {
      const place = placeOf(page.cursor, placeForm);
      const day = asked.day === undefined ? null : await quality.boundsOf(workspace, asked.day);
      const windows = windowsOf(place?.[0] ?? clock.now() + DAY, day);
      let found: Placed[] = [];
      for (const window of windows) {
        found = await within(workspace, asked, window, place, page.limit + 1);
        if (found.length > page.limit) break;
      }
      const shown = found.slice(0, page.limit);
      return {
        rows: shown.map((one) => one.arrival),
        nextCursor: found.length > page.limit ? cursorOf(shown.at(-1)!.place) : null,
        total: null,
      };
    },
  };
}
export type Arrivals = ReturnType<typeof openArrivals>;

/** What to look through, back from a moment that belongs to it. */
function windowsOf(last: number, day: { from: number; to: number } | null) {
  const to = last + 1;
  if (day) return [{ from: day.from, to: Math.min(day.to, to) }];
  return WINDOWS.map((back) => ({ from: Number.isFinite(back) ? last - back : 0, to }));
}

/** Of one of the three, what stands behind a place. */
function behind(place: Place | null, rank: number, to: number): Pick<ArrivalFilter, 'to' | 'after'> {
  if (!place || rank > place[1]) return { to };
  const [at, its, time, id] = place;
  return rank < its ? { to: Math.min(at, to) } : { to, after: { at, time, id } };
}
