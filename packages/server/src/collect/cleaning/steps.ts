import type { CleanStep, CleanVersion } from '@qianmian/contract';
import type { Workspaces } from '../../governance/index.ts';
import { type Clock, isoOf, SECOND } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { isUniqueViolation, type Ledger } from '../../platform/ledger.ts';
import { type Compiled, type Correction, compileSteps, type Decided, type Learned } from './compile.ts';
import type { Value } from './standards.ts';
import type { CleaningTables } from './store.pg.ts';

/** How long a change made by another process may go unseen. */
const TRUST = 10 * SECOND;
/** Versions that are listed, and known to what arrives. */
const LISTED = 100;
/** Decisions that are held in memory, newest first; for more of one kind a step is the better way. */
const MOST_DECISIONS = 200_000;

interface Version {
  version: number;
  steps: CleanStep[];
  learned: Learned;
  note: string;
  saved_by: string;
  saved_at: Date;
}

interface Known {
  until: number;
  /** Newest first. */
  versions: Version[];
  timeZone: string;
  decided: Decided;
  compiled: Map<string, Compiled>;
}

/** The ordered steps of each workspace, their versions, and what people decided beside them. */
export function openSteps(parts: { ledger: Ledger; workspaces: Pick<Workspaces, 'get'>; clock: Clock }) {
  const db = parts.ledger.withTables<CleaningTables>();
  const known = new Map<string, Known>();

  const versions = (workspace: string): Promise<Version[]> =>
    db
      .selectFrom('collect_cleaning_version')
      .selectAll()
      .where('workspace', '=', workspace)
      .orderBy('version', 'desc')
      .limit(LISTED)
      .execute();

  const decisionsOf = (workspace: string) =>
    db
      .selectFrom('collect_cleaning_finding')
      .select(['subject', 'key', 'line', 'field', 'value', 'state', 'decision', 'corrected', 'reason'])
      .where('workspace', '=', workspace)
      .where('state', 'in', ['corrected', 'dropped', 'merged'])
      .orderBy('decided_at', 'desc')
      .limit(MOST_DECISIONS)
      .execute();

  async function load(workspace: string): Promise<Known> {
    const all = await versions(workspace);
    // What nobody ever asked to clean costs one look at the ledger now and then.
    const [decided, timeZone] = all[0]
      ? [decidedIn(await decisionsOf(workspace)), (await parts.workspaces.get(workspace)).timeZone]
      : [decidedIn([]), 'UTC'];
    return { until: Date.now() + TRUST, versions: all, timeZone, decided, compiled: new Map() };
  }

  async function knownOf(workspace: string): Promise<Known> {
    const now = known.get(workspace);
    if (now && now.until > Date.now()) return now;
    const fresh = await load(workspace);
    if (known.size > 10_000) known.clear();
    known.set(workspace, fresh);
    return fresh;
  }

  async function compiled(workspace: string, moment: number, isPast: boolean): Promise<Compiled | null> {
    const { versions: all, timeZone, decided, compiled: made } = await knownOf(workspace);
    if (all.length === 0) return null;
    const one = all.find((version) => version.saved_at.getTime() <= moment);
    const key = `${one?.version ?? 0} ${isPast}`;
    let steps = made.get(key);
    if (!steps) {
      const learned = one?.learned ?? {};
      steps = compileSteps(one?.version ?? 0, one?.steps ?? [], { timeZone, learned, decided, isPast });
      made.set(key, steps);
    }
    return steps;
  }

  const current = async (workspace: string): Promise<Version | null> =>
    (await knownOf(workspace)).versions[0] ?? null;

  return {
    /** The steps that clean what arrived at a moment; null where none was ever saved. */
    stepsAt: (workspace: string, moment: number) => compiled(workspace, moment, false),

    /** The newest steps as they act on what is stored. */
    stepsOfPast: (workspace: string) => compiled(workspace, Number.POSITIVE_INFINITY, true),

    current,

    /** Steps that are not saved, ready to be tried. */
    async tried(workspace: string, steps: readonly CleanStep[], learned: Learned): Promise<Compiled> {
      const { timeZone, decided } = await knownOf(workspace);
      const home = timeZone === 'UTC' ? (await parts.workspaces.get(workspace)).timeZone : timeZone;
      return compileSteps(-1, steps, { timeZone: home, learned, decided, isPast: true });
    },

    async list(workspace: string): Promise<CleanVersion[]> {
      return (await versions(workspace)).map(presentVersion);
    },

    async save(
      workspace: string,
      by: string,
      given: { steps: CleanStep[]; note: string; basedOn: number; learned: Learned },
    ): Promise<CleanVersion> {
      const changed = () =>
        new AppError({
          code: 'cleaning.changed',
          status: 409,
          detail: 'Somebody saved other steps of cleaning meanwhile; look at them, then save yours again.',
        });
      const [newest] = await versions(workspace);
      if ((newest?.version ?? 0) !== given.basedOn) throw changed();
      const made = {
        ...{ version: given.basedOn + 1, note: given.note, saved_by: by },
        saved_at: new Date(parts.clock.now()),
      };
      await db
        .insertInto('collect_cleaning_version')
        .values({
          ...{ ...made, workspace },
          steps: JSON.stringify(given.steps),
          learned: JSON.stringify(given.learned),
        })
        .execute()
        .catch((error) => {
          throw isUniqueViolation(error) ? changed() : error;
        });
      known.delete(workspace);
      return presentVersion({ ...made, steps: given.steps, learned: given.learned });
    },

    /** Reads anew what was decided. */
    forget: (workspace: string) => known.delete(workspace),
  };
}
export type Steps = ReturnType<typeof openSteps>;

function presentVersion(one: Version): CleanVersion {
  return {
    version: one.version,
    note: one.note,
    savedBy: one.saved_by,
    savedAt: isoOf(one.saved_at.getTime()),
    steps: one.steps,
  };
}

type DecisionRow = {
  subject: string;
  key: string;
  line: string;
  field: string;
  value: string;
  state: string;
  decision: string | null;
  corrected: string | null;
  reason: { other: string };
};

/** What people decided, by what it is about. Lines are keyed within their orders. */
function decidedIn(rows: readonly DecisionRow[]): Decided {
  const corrections = new Map<string, Correction[]>();
  const dropped = new Map<string, string>();
  const merged = new Map<string, { into: string; decision: string }>();
  for (const row of rows) {
    const decision = row.decision ?? '';
    const key = row.line === '' ? row.key : `${row.key}\n${row.line}`;
    if (row.state === 'dropped') dropped.set(key, decision);
    else if (row.state === 'merged') merged.set(row.key, { into: row.reason.other, decision });
    else if (row.corrected !== null) {
      const at = `${row.subject}\n${key}`;
      const one = {
        ...{ decision, field: row.field },
        from: JSON.parse(row.value) as Value | null,
        to: JSON.parse(row.corrected) as Value,
      };
      corrections.set(at, [...(corrections.get(at) ?? []), one]);
    }
  }
  // Of products merged in turn the last one stands; a ring of them would stand for nothing.
  for (const [id, one] of merged) {
    let { into } = one;
    const walked = new Set([id]);
    while (merged.has(into) && !walked.has(into)) {
      walked.add(into);
      into = merged.get(into)!.into;
    }
    if (walked.has(into)) merged.delete(id);
    else merged.set(id, { into, decision: one.decision });
  }
  return { corrections, dropped, merged };
}
