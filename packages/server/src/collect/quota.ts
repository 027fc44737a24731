import { addDays, dayIn, type Quota, type QuotaState, startOfDay } from '@qianmian/contract';
import { sql } from 'kysely';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, HOUR, isoOrNull, SECOND } from '../platform/clock.ts';
import { AppError, TryLater } from '../platform/errors.ts';
import type { LastHour } from '../platform/last-hour.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { CollectTables } from './store.pg.ts';

const NO_BOUND: Quota = {
  eventsPerSecond: null,
  burst: null,
  eventsPerDay: null,
  eventsPerMonth: null,
  uploadBytesPerDay: null,
};
/** Seconds of the rate that may come at once, where nobody said how many. */
const BURST_SECONDS = 10;
/** Workspaces remembered at once; the one that was asked about longest ago is forgotten, and read again. */
const REMEMBERED = 10_000;
const FLUSH_EVERY = 2 * SECOND;
/** Nobody is told to wait longer, as a bound may be widened meanwhile. */
const LONGEST_WAIT = HOUR;
const DAYS_SHOWN = 31;

interface Use {
  events: number;
  upload_bytes: number;
  refused_requests: number;
  refused_events: number;
}
const nothing = (): Use => ({ events: 0, upload_bytes: 0, refused_requests: 0, refused_events: 0 });

interface State {
  quota: Quota;
  timeZone: string;
  /** Events that may still come at once; less than none after a request larger than the burst. */
  tokens: number;
  filledAt: number;
  day: string;
  dayEnds: number;
  today: Use;
  monthBefore: number;
}

/** Why a request was turned away, for who watches the server. */
export type Refusal = 'quota' | 'overload' | 'disk' | 'origin';
const REFUSALS: Record<string, Refusal> = {
  'collect.quota': 'quota',
  'collect.overloaded': 'overload',
  'collect.not_durable': 'disk',
  'collect.disk_low': 'disk',
  'collect.origin_refused': 'origin',
};

/**
 * What each workspace may send: a rate with a burst, events of a day and of a month, bytes of uploads. A request is
 * taken whole or not at all. Use is counted in memory and written every two seconds: a killed process forgets as much.
 */
export function openQuotas(parts: {
  ledger: Ledger;
  workspaces: Workspaces;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  lastHour: LastHour;
}) {
  const { clock, log, metrics } = parts;
  const db = parts.ledger.withTables<CollectTables>();
  const states = new Map<string, Promise<State>>();
  let unwritten = new Map<string, Use & { workspace: string; day: string }>();
  /** Refusals that are counted already. */
  const counted = new WeakSet<object>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function load(workspace: string): Promise<State> {
    await flush();
    const { timeZone } = await parts.workspaces.get(workspace);
    const day = dayIn(timeZone, clock.now());
    const [row, days] = await Promise.all([
      db.selectFrom('collect_quota').selectAll().where('workspace', '=', workspace).executeTakeFirst(),
      usesSince(workspace, `${day.slice(0, 7)}-01`),
    ]);
    const today = days.find((one) => one.day === day);
    const quota = row ? quotaOf(row) : NO_BOUND;
    return {
      ...{ quota, timeZone, day, dayEnds: startOfDay(timeZone, addDays(day, 1)) },
      ...{ tokens: burstOf(quota), filledAt: clock.now() },
      today: today ? { ...nothing(), events: today.events, upload_bytes: today.upload_bytes } : nothing(),
      monthBefore: days.reduce((sum, one) => (one.day === day ? sum : sum + one.events), 0),
    };
  }

  async function usesSince(workspace: string, from: string): Promise<(Use & { day: string })[]> {
    const rows = await db
      .selectFrom('collect_quota_use')
      .select([sql<string>`to_char(day, 'YYYY-MM-DD')`.as('day')])
      .select(['events', 'upload_bytes', 'refused_requests', 'refused_events'])
      .where('workspace', '=', workspace)
      .where('day', '>=', sql<string>`${from}::date`)
      .orderBy('day', 'desc')
      .limit(2 * DAYS_SHOWN)
      .execute();
    return rows.map((row) => ({
      day: row.day,
      events: Number(row.events),
      upload_bytes: Number(row.upload_bytes),
      refused_requests: Number(row.refused_requests),
      refused_events: Number(row.refused_events),
    }));
  }

  async function stateOf(workspace: string): Promise<State> {
    let known = states.get(workspace);
    if (!known) {
      if (states.size >= REMEMBERED) states.delete(states.keys().next().value!);
      known = load(workspace);
      states.set(workspace, known);
      known.catch(() => states.delete(workspace));
    }
    const state = await known;
    if (clock.now() >= state.dayEnds) beginDay(state);
    return state;
  }

  function beginDay(state: State): void {
    const day = dayIn(state.timeZone, clock.now());
    const isSameMonth = day.slice(0, 7) === state.day.slice(0, 7);
    state.monthBefore = isSameMonth ? state.monthBefore + state.today.events : 0;
    state.today = nothing();
    state.day = day;
    state.dayEnds = startOfDay(state.timeZone, addDays(day, 1));
  }

  function note(workspace: string, state: State, use: Partial<Use>): void {
    const key = `${workspace}\n${state.day}`;
    const sum = unwritten.get(key) ?? { workspace, day: state.day, ...nothing() };
    for (const [name, n] of Object.entries(use) as [keyof Use, number][]) {
      state.today[name] += n;
      sum[name] += n;
    }
    unwritten.set(key, sum);
    timer ??= setTimeout(
      () => void flush().catch((error) => log.warn({ err: error }, 'use was not noted')),
      FLUSH_EVERY,
    ).unref();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.catch(() => {}).then(write);
    return writing;
  }

  async function write(): Promise<void> {
    if (unwritten.size === 0) return;
    const taken = unwritten;
    unwritten = new Map();
    try {
      await db
        .insertInto('collect_quota_use')
        .values([...taken.values()])
        .onConflict((c) =>
          c.columns(['workspace', 'day']).doUpdateSet({
            events: sql`collect_quota_use.events + excluded.events` as never,
            upload_bytes: sql`collect_quota_use.upload_bytes + excluded.upload_bytes` as never,
            refused_requests: sql`collect_quota_use.refused_requests + excluded.refused_requests` as never,
            refused_events: sql`collect_quota_use.refused_events + excluded.refused_events` as never,
          }),
        )
        .execute();
    } catch (error) {
      for (const [key, use] of taken) {
        const since = unwritten.get(key);
        if (!since) unwritten.set(key, use);
        else for (const name of Object.keys(nothing()) as (keyof Use)[]) since[name] += use[name];
      }
      throw error;
    }
  }

  /** Takes as many tokens as there are events; answers in how many milliseconds there will be enough, 0 when there are. */
  function takeTokens(state: State, events: number): number {
    const rate = state.quota.eventsPerSecond;
    if (rate === null) return 0;
    const burst = burstOf(state.quota);
    const now = clock.now();
    const passed = Math.max(0, now - state.filledAt);
    state.tokens = Math.min(burst, state.tokens + (passed * rate) / SECOND);
    state.filledAt = now;
    const needed = Math.min(events, burst);
    if (state.tokens < needed) return ((needed - state.tokens) / rate) * SECOND;
    state.tokens -= events;
    return 0;
  }

  /** Throws where a workspace has had its share; else counts what it sends. */
  function charge(workspace: string, state: State, events: number): void {
    const { quota, today } = state;
    const untilTomorrow = state.dayEnds - clock.now();
    if (quota.eventsPerDay !== null && today.events + events > quota.eventsPerDay)
      throw over(`${quota.eventsPerDay} events a day`, untilTomorrow);
    if (quota.eventsPerMonth !== null && state.monthBefore + today.events + events > quota.eventsPerMonth)
      throw over(`${quota.eventsPerMonth} events a month`, LONGEST_WAIT);
    const wait = takeTokens(state, events);
    if (wait > 0) throw over(`${quota.eventsPerSecond} events a second`, wait);
    note(workspace, state, { events });
  }

  function refused(reason: Refusal, events: number, workspace?: string, state?: State): void {
    metrics.eventsRefused.inc({ reason }, events);
    parts.lastHour.add(`refused:${reason}`, events);
    if (workspace !== undefined && state)
      note(workspace, state, { refused_requests: 1, refused_events: events });
  }

  async function present(workspace: string, mayChange: boolean): Promise<QuotaState> {
    await flush();
    const state = await stateOf(workspace);
    const [row, days] = await Promise.all([
      db.selectFrom('collect_quota').selectAll().where('workspace', '=', workspace).executeTakeFirst(),
      usesSince(workspace, addDays(state.day, 1 - DAYS_SHOWN)),
    ]);
    return {
      quota: state.quota,
      setBy: row?.set_by ?? null,
      setAt: isoOrNull(row?.set_at),
      mayChange,
      eventsThisMonth: state.monthBefore + state.today.events,
      days: days.map((one) => ({
        day: one.day,
        events: one.events,
        uploadBytes: one.upload_bytes,
        refusedRequests: one.refused_requests,
        refusedEvents: one.refused_events,
      })),
    };
  }

  return {
    /** Makes events durable where the workspace may send them; what is not made durable is not counted as sent. */
    async within<T>(workspace: string, events: number, accept: () => Promise<T>): Promise<T> {
      let state: State | undefined;
      let isCharged = false;
      try {
        // Without the ledger nobody knows of bounds: what comes is taken in all the same.
        state = await stateOf(workspace).catch(() => undefined);
        if (state) charge(workspace, state, events);
        isCharged = true;
        return await accept();
      } catch (error) {
        const reason = error instanceof AppError ? REFUSALS[error.code] : undefined;
        if (reason) {
          counted.add(error as object);
          refused(reason, events, workspace, state);
        }
        if (state && isCharged) {
          state.tokens += events;
          note(workspace, state, { events: -events });
        }
        throw error;
      }
    },

    /** Counts a request that was turned away before anybody knew what it holds. */
    turnedAway(error: unknown): void {
      const reason = error instanceof AppError ? REFUSALS[error.code] : undefined;
      if (reason && !counted.has(error as object)) refused(reason, 1);
    },

    /** Throws where a workspace has uploaded its share of the day; else counts what comes. */
    async upload(workspace: string, bytes: number): Promise<void> {
      const state = await stateOf(workspace);
      const most = state.quota.uploadBytesPerDay;
      if (most !== null && state.today.upload_bytes + bytes > most) {
        refused('quota', 0, workspace, state);
        throw over(`${most} bytes of uploads a day`, state.dayEnds - clock.now());
      }
      note(workspace, state, { upload_bytes: bytes });
    },

    state: present,

    async set(workspace: string, quota: Quota, by: string): Promise<void> {
      const row = {
        events_per_second: quota.eventsPerSecond,
        burst: quota.burst,
        events_per_day: quota.eventsPerDay,
        events_per_month: quota.eventsPerMonth,
        upload_bytes_per_day: quota.uploadBytesPerDay,
        ...{ set_by: by, set_at: new Date(clock.now()) },
      };
      await db
        .insertInto('collect_quota')
        .values({ workspace, ...row })
        .onConflict((c) => c.column('workspace').doUpdateSet(row))
        .execute();
      const state = await stateOf(workspace);
      state.quota = quota;
      state.tokens = burstOf(quota);
    },

    /** Workspaces that memory is held for. */
    get remembered(): number {
      return states.size;
    },

    flush,
  };
}
export type Quotas = ReturnType<typeof openQuotas>;

function quotaOf(row: CollectTables['collect_quota']): Quota {
  const number = (value: number | null) => (value === null ? null : Number(value));
  return {
    eventsPerSecond: number(row.events_per_second),
    burst: number(row.burst),
    eventsPerDay: number(row.events_per_day),
    eventsPerMonth: number(row.events_per_month),
    uploadBytesPerDay: number(row.upload_bytes_per_day),
  };
}

function burstOf({ eventsPerSecond, burst }: Quota): number {
  return burst ?? (eventsPerSecond ?? 0) * BURST_SECONDS;
}

function over(bound: string, wait: number): TryLater {
  return new TryLater(
    {
      code: 'collect.quota',
      status: 429,
      detail: `This workspace may send ${bound}; nothing of the request was taken, send it again later.`,
    },
    Math.max(1, Math.ceil(Math.min(wait, LONGEST_WAIT) / SECOND)),
  );
}

/** Bounds are set by who pays for the machine. */
export const quotaNotYours = () =>
  new AppError({
    code: 'quota.not_yours',
    status: 403,
    detail:
      'What a workspace may send is set by who runs the server: its first account, or the command line on it.',
  });
