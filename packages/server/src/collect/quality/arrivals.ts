import { type Arrival, type Outcome, VIOLATIONS } from '@qianmian/contract';
import { type Clock, DAY, HOUR, isoOf } from '../../platform/clock.ts';
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
    limit: number,
  ) {
    const filter: ArrivalFilter = { ...asked, ...window };
    const wants = (outcome: Outcome) => asked.outcome === undefined || asked.outcome === outcome;
    const isOfPeople = asked.whose !== undefined;
    const warned = asked.outcome === 'warned' || (asked.reason !== undefined && isViolation(asked.reason));
    const hasEvents =
      (wants('stored') || wants('warned')) &&
      (asked.reason === undefined || asked.reason === 'late' || isViolation(asked.reason));
    const [events, held] = await Promise.all([
      hasEvents ? warehouse.arrived(workspace, { ...filter, warned }, limit) : [],
      wants('quarantined') && !isOfPeople && asked.reason !== 'late'
        ? warehouse.heldBetween(workspace, filter, limit)
        : [],
    ]);
    const violations = new Map(
      (events.length > 0
        ? await warehouse.violationsOf(
            workspace,
            events.map((row) => row.message_id),
          )
        : []
      ).map((row) => [row.message_id, row]),
    );
    const people = await parts.people.whoseAre(workspace, events);
    const found: Arrival[] = events.map((row, i) => {
      const violation = violations.get(row.message_id);
      return {
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
    });
    for (const row of held)
      found.push({
        ...{ key: `held:${row.id}`, outcome: 'quarantined', reasons: [row.reason], detail: row.detail },
        ...{ name: row.event, time: null, receivedAt: row.received_at, personId: null, source: row.source },
        ...{ channel: '', messageId: row.id, ...NOTHING_KEPT },
      });
    if (!isOfPeople)
      for (const one of quality.recent(workspace)) {
        if (one.receivedAt < window.from || one.receivedAt >= window.to || !wants(one.outcome)) continue;
        if (asked.name !== undefined && asked.name !== one.name) continue;
        if (asked.source !== undefined && asked.source !== one.source) continue;
        if (asked.reason !== undefined && !one.reasons.includes(asked.reason) && asked.reason !== one.outcome)
          continue;
        found.push({
          ...one,
          ...{ time: isoOf(one.time), receivedAt: isoOf(one.receivedAt), personId: null, ...NOTHING_KEPT },
        });
      }
    return found
      .filter((one) => asked.outcome !== 'stored' || one.outcome === 'stored')
      .sort((a, b) => (a.receivedAt === b.receivedAt ? 0 : a.receivedAt < b.receivedAt ? 1 : -1));
  }

  return {
    /** Newest first, one more than the page holds where there is more. */
    async list(workspace: string, asked: Asked, page: { limit: number; offset: number }): Promise<Arrival[]> {
      const wanted = page.offset + page.limit + 1;
      const bounds = asked.day === undefined ? null : await quality.boundsOf(workspace, asked.day);
      const windows = bounds ? [bounds] : windowsOf(clock.now());
      for (const [at, window] of windows.entries()) {
        const found = await within(workspace, asked, window, wanted);
        if (found.length >= wanted || at === windows.length - 1)
          return found.slice(page.offset, page.offset + page.limit + 1);
      }
      return [];
    },
  };
}
export type Arrivals = ReturnType<typeof openArrivals>;

const windowsOf = (now: number) =>
  WINDOWS.map((back) => ({ from: Number.isFinite(back) ? now - back : 0, to: now + DAY }));
