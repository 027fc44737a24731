import { randomUUID } from 'node:crypto';
import {
  addDays,
  dayIn,
  daysBetween,
  type QualityAlert,
  type QualityReport,
  startOfDay,
} from '@qianmian/contract';
import { sql } from 'kysely';
import type { Workspaces } from '../../governance/index.ts';
import { type Clock, DAY, HOUR, isoOf, isoOrNull } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import type { Ledger } from '../../platform/ledger.ts';
import { grouped } from '../grouped.ts';
import type { CollectTables } from '../store.pg.ts';
import { countBatch, namedThings, type ReadDelivery } from './count-batch.ts';
import { RecentlyTurned } from './recent.ts';
import { type Counts, expectedMeanwhile, hasFallen, scoreOf } from './score.ts';
import type { QualityWarehouse } from './store.ch.ts';
import type { QualityTables } from './store.pg.ts';

/** Days of history an alert compares with; days that counts by the hour are kept. */
const [HISTORY, HOURS_KEPT] = [28, 40];
/** Messages without which a day's score says nothing; messages expected before silence is one, and its least length. */
const [ENOUGH_MESSAGES, ENOUGH_EXPECTED, LEAST_SILENCE] = [20, 10, 2 * HOUR];
/** Things of the catalogue remembered as known; things asked about in one batch. */
const [KNOWN_KEPT, ASKED] = [200_000, 5000];
/** Ended alerts are listed so long. */
const LISTED = 14 * DAY;

/** A delivery as it lies in the journal, with what was read from it. */
export interface Countable {
  end: number;
  read: ReadDelivery | null;
}

/** Counts what each source sends while it is collected, scores it by day, and says when it falls. */
export function openQuality(parts: {
  ledger: Ledger;
  warehouse: QualityWarehouse;
  workspaces: Workspaces;
  clock: Clock;
  /** Names the journal whose records are counted. */
  journal: string;
}) {
  const { clock, workspaces } = parts;
  const db = parts.ledger.withTables<QualityTables & CollectTables>();
  const recent = new RecentlyTurned();
  const known = new Set<string>();
  let countedTo: number | null = null;

  /** Where counting goes on; a journal that is shorter than what was counted of it is another one. */
  async function begin(journalEnd: number): Promise<number> {
    const row = await db
      .selectFrom('collect_quality_position')
      .select('counted_to')
      .where('journal', '=', parts.journal)
      .executeTakeFirst();
    const at = Number(row?.counted_to ?? 0);
    return at > journalEnd ? 0 : at;
  }

  async function learnKnown(deliveries: readonly ReadDelivery[]): Promise<void> {
    if (known.size > KNOWN_KEPT) known.clear();
    for (const [workspace, keys] of namedThings(deliveries)) {
      const asked = [...keys].filter((key) => !known.has(`${workspace}\n${key}`)).slice(0, ASKED);
      if (asked.length === 0) continue;
      const of = (kind: string) => asked.filter((key) => key[0] === kind).map((key) => key.slice(1));
      for (const key of await parts.warehouse.knownThings(workspace, of('p'), of('s')))
        known.add(`${workspace}\n${key}`);
    }
  }

  const daily = async (workspace: string, from: string, to: string, source?: string) => {
    let query = db
      .selectFrom('collect_quality_count')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('day', '>=', from)
      .where('day', '<=', to);
    if (source !== undefined) query = query.where('source', '=', source);
    const rows = await query.execute();
    const bySource = new Map<string, Map<string, Record<string, number>>>();
    for (const row of rows) {
      const days = bySource.get(row.source) ?? new Map<string, Record<string, number>>();
      bySource.set(row.source, days);
      const counts = days.get(row.day) ?? {};
      days.set(row.day, counts);
      counts[row.reason] = Number(row.n);
    }
    return bySource;
  };

  const namesOf = async (workspace: string) =>
    new Map(
      (
        await db
          .selectFrom('collect_source')
          .select(['id', 'name'])
          .where('workspace', '=', workspace)
          .execute()
      ).map((row) => [row.id, row.name]),
    );

  async function alerts(workspace: string): Promise<QualityAlert[]> {
    const since = new Date(clock.now() - LISTED);
    const [rows, names] = await Promise.all([
      db
        .selectFrom('collect_quality_alert')
        .selectAll()
        .where('workspace', '=', workspace)
        .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', since)]))
        .orderBy('opened_at', 'desc')
        .limit(200)
        .execute(),
      namesOf(workspace),
    ]);
    return rows.map((row) => presentAlert(row, names));
  }

  async function open(
    workspace: string,
    source: string,
    alert: Pick<QualityTables['collect_quality_alert'], 'kind' | 'day' | 'score' | 'usual' | 'since'>,
  ): Promise<void> {
    await db
      .insertInto('collect_quality_alert')
      .values({
        ...{ id: randomUUID(), workspace, source, ...alert, opened_at: new Date(clock.now()) },
        ...{ ended_at: null, acknowledged_by: null, acknowledged_at: null },
      })
      .onConflict((c) =>
        c
          .columns(['workspace', 'source', 'kind', 'day'])
          .doUpdateSet({ score: alert.score, usual: alert.usual, ended_at: null }),
      )
      .execute();
  }

  const end = (workspace: string, source: string, kind: 'score_fell' | 'silent', but?: string) =>
    db
      .updateTable('collect_quality_alert')
      .set({ ended_at: new Date(clock.now()) })
      .where('workspace', '=', workspace)
      .where('source', '=', source)
      .where('kind', '=', kind)
      .where('ended_at', 'is', null)
      .where('day', '!=', but ?? '')
      .execute();

  async function watchScores(workspace: string, today: string): Promise<void> {
    const bySource = await daily(workspace, addDays(today, -HISTORY - 1), today);
    for (const [source, days] of bySource) {
      const scored = [...days]
        .map(([day, counts]) => ({ day, ...scoreOf(counts) }))
        .filter((one) => one.score !== null && one.messages >= ENOUGH_MESSAGES)
        .sort((a, b) => (a.day < b.day ? -1 : 1));
      const last = scored.at(-1);
      if (!last || last.day < addDays(today, -1)) continue;
      const found = hasFallen(
        last.score!,
        scored.slice(0, -1).map((one) => one.score!),
      );
      if (found?.fallen)
        await open(workspace, source, {
          ...{ kind: 'score_fell', day: last.day, score: last.score, usual: found.usual, since: null },
        });
      await end(workspace, source, 'score_fell', found?.fallen ? last.day : undefined);
    }
  }

  async function watchSilence(workspace: string, timeZone: string): Promise<void> {
    const now = clock.now();
    await db
      .deleteFrom('collect_quality_hour')
      .where('workspace', '=', workspace)
      .where('hour', '<', new Date(now - HOURS_KEPT * DAY))
      .execute();
    const [rows, revoked] = await Promise.all([
      db.selectFrom('collect_quality_hour').selectAll().where('workspace', '=', workspace).execute(),
      db
        .selectFrom('collect_source')
        .select('id')
        .where('workspace', '=', workspace)
        .where('revoked_at', 'is not', null)
        .execute(),
    ]);
    const gone = new Set(revoked.map((row) => row.id));
    for (const [source, of] of grouped(rows, (row) => row.source)) {
      const hours = new Map(of.map((row) => [Math.floor(row.hour.getTime() / HOUR), Number(row.n)]));
      const last = Math.max(...hours.keys()) * HOUR;
      const first = Math.min(...hours.keys()) * HOUR;
      const expected = gone.has(source) ? null : expectedMeanwhile(hours, first, last, now);
      const day = dayIn(timeZone, last);
      const isSilent = expected !== null && expected >= ENOUGH_EXPECTED && now - last >= LEAST_SILENCE + HOUR;
      if (isSilent)
        await open(workspace, source, {
          ...{ kind: 'silent', day, score: null, usual: expected, since: new Date(last + HOUR) },
        });
      await end(workspace, source, 'silent', isSilent ? day : undefined);
    }
  }

  const watch = async (workspace: string): Promise<void> => {
    const { timeZone } = await workspaces.get(workspace);
    await watchScores(workspace, dayIn(timeZone, clock.now()));
    await watchSilence(workspace, timeZone);
  };

  return {
    recent: recent.list.bind(recent),
    alerts,
    watch,

    /** Looks at the scores and the rhythm of every workspace. */
    async watchAll(): Promise<void> {
      for (const { id } of await workspaces.list()) await watch(id);
    },

    /**
     * Counts deliveries before they are stored, each once: the counts and how far the journal is counted change in one
     * transaction, so that a batch that is tried again, whole or in part, before or after a crash, counts as before.
     */
    async count(
      deliveries: readonly Countable[],
      journalEnd: number,
      cameBefore: (workspace: string, messageId: string, at: number) => boolean,
    ): Promise<void> {
      countedTo ??= await begin(journalEnd);
      const from = countedTo;
      const to = deliveries.at(-1)?.end ?? 0;
      if (to <= from) return;
      const fresh = deliveries.flatMap((one) => (one.end > from && one.read ? [one.read] : []));
      await learnKnown(fresh);
      const { counts, hours, turned } = countBatch(fresh, {
        cameBefore,
        isKnown: (workspace, key) => known.has(`${workspace}\n${key}`),
      });
      if (fresh.length > 0)
        await db.transaction().execute(async (trx) => {
          for (let at = 0; at < counts.length; at += 500)
            await trx
              .insertInto('collect_quality_count')
              .values(counts.slice(at, at + 500))
              .onConflict((c) =>
                c
                  .columns(['workspace', 'source', 'day', 'reason'])
                  .doUpdateSet({ n: sql`collect_quality_count.n + excluded.n` }),
              )
              .execute();
          for (let at = 0; at < hours.length; at += 500)
            await trx
              .insertInto('collect_quality_hour')
              .values(hours.slice(at, at + 500).map((one) => ({ ...one, hour: new Date(one.hour) })))
              .onConflict((c) =>
                c
                  .columns(['workspace', 'source', 'hour'])
                  .doUpdateSet({ n: sql`collect_quality_hour.n + excluded.n` }),
              )
              .execute();
          await trx
            .insertInto('collect_quality_position')
            .values({ journal: parts.journal, counted_to: to })
            .onConflict((c) => c.column('journal').doUpdateSet({ counted_to: to }))
            .execute();
        });
      countedTo = to;
      for (const { workspace, one } of turned) recent.add(workspace, one);
    },

    async acknowledge(workspace: string, id: string, by: string): Promise<QualityAlert> {
      await db
        .updateTable('collect_quality_alert')
        .set({ acknowledged_by: by, acknowledged_at: new Date(clock.now()) })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .where('acknowledged_at', 'is', null)
        .execute();
      const row = await db
        .selectFrom('collect_quality_alert')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .executeTakeFirst();
      if (!row) throw notFound('alert', id);
      return presentAlert(row, await namesOf(workspace));
    },

    async report(workspace: string, asked: { days: number; source?: string }): Promise<QualityReport> {
      const { timeZone } = await workspaces.get(workspace);
      const to = dayIn(timeZone, clock.now());
      const from = addDays(to, 1 - asked.days);
      const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, at) => addDays(from, at));
      const [bySource, names, alerted] = await Promise.all([
        daily(workspace, from, to, asked.source),
        namesOf(workspace),
        alerts(workspace),
      ]);
      const sources = [...bySource].map(([source, byDay]) => ({
        source,
        name: names.get(source) ?? source,
        total: scoreOf(summed(byDay.values())),
        daily: days.map((day) => {
          const { score, messages } = scoreOf(byDay.get(day) ?? {});
          return { score, messages };
        }),
      }));
      const all = summed([...bySource.values()].flatMap((byDay) => [...byDay.values()]));
      return {
        ...{ from, to, days, total: scoreOf(all) },
        sources: sources.sort((a, b) => b.total.messages - a.total.messages),
        alerts: asked.source === undefined ? alerted : alerted.filter((one) => one.source === asked.source),
      };
    },

    /** First moment of a day of the workspace and of the day behind it. */
    async boundsOf(workspace: string, day: string): Promise<{ from: number; to: number }> {
      const { timeZone } = await workspaces.get(workspace);
      return { from: startOfDay(timeZone, day), to: startOfDay(timeZone, addDays(day, 1)) };
    },
  };
}
export type Quality = ReturnType<typeof openQuality>;

function summed(all: Iterable<Counts>): Counts {
  const sums: Record<string, number> = {};
  for (const counts of all)
    for (const [reason, n] of Object.entries(counts)) sums[reason] = (sums[reason] ?? 0) + n;
  return sums;
}

function presentAlert(row: QualityTables['collect_quality_alert'], names: Map<string, string>): QualityAlert {
  return {
    id: row.id,
    kind: row.kind,
    source: row.source,
    sourceName: names.get(row.source) ?? row.source,
    day: row.day,
    score: row.score,
    usual: row.usual,
    since: isoOrNull(row.since),
    openedAt: isoOf(row.opened_at.getTime()),
    endedAt: isoOrNull(row.ended_at),
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: isoOrNull(row.acknowledged_at),
  };
}
