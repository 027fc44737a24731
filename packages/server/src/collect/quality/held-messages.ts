import { randomUUID } from 'node:crypto';
import {
  type Fix,
  type FixPreview,
  fix as fixSchema,
  type HeldSelection,
  heldSelection,
  type Outcome,
} from '@qianmian/contract';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { clip } from '../../platform/text.ts';
import { grouped } from '../grouped.ts';
import { type Mended, mend } from './mend.ts';
import type { HeldRow, QualityWarehouse } from './store.ch.ts';

/** A message on its way back: what it says, and where it was held. */
export interface Replay {
  workspace: string;
  source: string;
  protocol: string;
  mended: Mended;
  replay: ReplayMark;
}

/** Why a record of the journal is a replay: of what, by whom, and under which terms. */
export interface ReplayMark {
  id: string;
  by: string;
  at: number;
  decision: string;
  /** When the message first came. */
  heardAt: number;
  accept: boolean;
}

/** What would become of a message now. */
export interface Fate {
  outcome: Outcome;
  reason: string;
  detail: string;
}

/** The road that held messages are put back on: the collector's verbs, handed in. */
export interface Road {
  replay(one: Replay): Promise<void>;
  foresee(one: Replay): Promise<Fate>;
}

const KIND = 'collect.replay';
const job = z.object({
  selection: heldSelection,
  fix: fixSchema,
  by: z.string(),
  asked: z.number(),
  decision: z.string(),
});
/** Messages put back at once; messages looked at for a preview; examples given of them. */
const [AT_ONCE, LOOKED, EXAMPLES] = [200, 200, 10];

/** Messages that could not be stored as they came: mended, put back on the road, or laid aside. */
export function openHeldMessages(parts: {
  warehouse: QualityWarehouse;
  jobs: Jobs;
  clock: Clock;
  road: Road;
}) {
  const { warehouse, jobs, clock, road } = parts;
  let lastVersion = 0;
  const nextVersion = () => {
    lastVersion = Math.max(lastVersion + 1, clock.now() * 1000);
    return lastVersion;
  };

  jobs.handle({
    kind: KIND,
    payload: job,
    maxAttempts: 5,
    /** Stopped anywhere it begins anew with what is still held: under its own id a message is stored once. */
    async run({ selection, fix, by, asked, decision }, { workspace, signal, progress }) {
      const total = await warehouse.countHeld(workspace, selection);
      let after = { at: 0, id: '' };
      let [done, unreadable] = [0, 0];
      while (!signal.aborted) {
        const rows = await warehouse.heldAfter(workspace, selection, after, asked, AT_ONCE);
        if (rows.length === 0) break;
        const replays = rows.map((row) => replayOf(workspace, row, fix, { by, at: asked, decision }));
        await Promise.all(replays.map((one) => one && road.replay(one)));
        unreadable += replays.filter((one) => one === null).length;
        done += rows.length;
        const last = rows.at(-1)!;
        after = { at: Date.parse(last.received_at), id: last.id };
        await progress(Math.min(0.99, done / Math.max(1, total)), words(done, unreadable));
      }
      if (!signal.aborted) await progress(1, words(done, unreadable));
    },
  });

  return {
    groups: (workspace: string, state: string) => warehouse.groups(workspace, state),
    list: warehouse.held,

    async preview(workspace: string, selection: HeldSelection, fix: Fix): Promise<FixPreview> {
      refuseUnclear(selection, fix);
      const [rows, total] = await Promise.all([
        warehouse.held(workspace, selection, { state: 'open', limit: LOOKED, offset: 0 }),
        warehouse.countHeld(workspace, selection),
      ]);
      const looked: FixPreview['examples'] = [];
      for (const row of rows) {
        const mark = { by: '', at: clock.now(), decision: '' };
        const replay = replayOf(workspace, row, fix, mark);
        const fate = replay
          ? await road.foresee(replay)
          : { outcome: 'unreadable' as const, reason: '', detail: '' };
        looked.push({ id: row.id, ...fate, before: row.payload, after: replay?.mended.text ?? '' });
      }
      const outcomes = grouped(looked, (one) => `${one.outcome}\n${one.reason}`);
      return {
        ...{ looked: looked.length, total },
        outcomes: [...outcomes.values()]
          .map((all) => ({ outcome: all[0]!.outcome, reason: all[0]!.reason, messages: all.length }))
          .sort((a, b) => b.messages - a.messages),
        examples: looked
          .slice(0, EXAMPLES)
          .map((one) => ({ ...one, before: clip(one.before, 100_000), after: clip(one.after, 100_000) })),
      };
    },

    /** Has a job put messages back on the road. */
    async replay(workspace: string, selection: HeldSelection, fix: Fix, by: string) {
      refuseUnclear(selection, fix);
      const messages = await warehouse.countHeld(workspace, selection);
      const payload = { selection, fix, by, asked: clock.now(), decision: randomUUID() };
      const jobId = await jobs.enqueue({ workspace, kind: KIND, subject: `${messages}`, payload });
      return { jobId, messages };
    },

    async dismiss(workspace: string, selection: HeldSelection, by: string) {
      const messages = await warehouse.countHeld(workspace, selection);
      const decision = randomUUID();
      await warehouse.decideAll(workspace, selection, {
        ...{ state: 'dismissed', decision, decided_by: by, decided_at: clock.now(), version: nextVersion() },
      });
      return { decision, messages };
    },

    async undoDismiss(workspace: string, decision: string, by: string) {
      const messages = await warehouse.countDecided(workspace, decision);
      await warehouse.reopen(workspace, decision, by, clock.now(), nextVersion());
      return { messages };
    },
  };
}
export type HeldMessages = ReturnType<typeof openHeldMessages>;
export const SLOW_QUALITY_JOBS = [KIND];

function words(done: number, unreadable: number): string {
  return `${done.toLocaleString('en')} messages${unreadable > 0 ? `, ${unreadable.toLocaleString('en')} of them unreadable` : ''}`;
}

function replayOf(
  workspace: string,
  row: HeldRow,
  fix: Fix,
  mark: { by: string; at: number; decision: string },
): Replay | null {
  const mended = mend(row, fix);
  if (!mended) return null;
  return {
    ...{ workspace, source: row.source, mended },
    protocol: ['', 'malformed'].includes(row.protocol) ? 'segment' : row.protocol,
    replay: { ...mark, id: row.id, heardAt: Date.parse(row.received_at), accept: fix.accept },
  };
}

function refuseUnclear(selection: HeldSelection, fix: Fix): void {
  if (fix.payload === undefined) return;
  if (selection.ids?.length !== 1)
    throw new AppError({
      code: 'quarantine.one_at_a_time',
      status: 422,
      detail: 'A corrected message is given for one message alone; name its id.',
    });
  try {
    JSON.parse(fix.payload);
  } catch {
    throw new AppError({
      code: 'quarantine.bad_json',
      status: 422,
      detail: 'The corrected message is not valid JSON.',
      fields: { 'fix.payload': 'must be valid JSON' },
    });
  }
}
