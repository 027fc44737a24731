import { randomUUID } from 'node:crypto';
import type { CleanStep, Finding, FindingSelection, FindingState, FindingVerdict } from '@qianmian/contract';
import { isActing } from '@qianmian/contract';
import { sql } from 'kysely';
import type { Workspaces } from '../../governance/index.ts';
import { type Clock, isoOrNull } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Ledger } from '../../platform/ledger.ts';
import { fitting } from './fields.ts';
import { type Found, findBy } from './find.ts';
import type { PastParts } from './past.ts';
import type { Value } from './standards.ts';
import type { Steps } from './steps.ts';
import type { CleaningTables, FindingRow } from './store.pg.ts';

export type Filter = { state: FindingState; step?: string; code?: string };
/** What may be said of what. */
const MAY: Record<FindingRow['subject'], readonly FindingVerdict['action'][]> = {
  line: ['correct', 'usual', 'accept', 'drop'],
  order: ['accept', 'drop'],
  product: ['accept', 'merge'],
  trait: ['correct', 'accept'],
  day: ['accept'],
};
const STATE_OF: Record<FindingVerdict['action'], FindingState> = {
  ...{ correct: 'corrected', usual: 'corrected', accept: 'accepted', drop: 'dropped', merge: 'merged' },
};
const AT_ONCE = 500;

/** The kind of job that brings what was decided about in accord. */
export const DECIDED_KIND = 'collect.cleaning_decision';

/** What finding steps put before people, and what they decided. */
export function openQueue(parts: {
  ledger: Ledger;
  jobs: Jobs;
  clock: Clock;
  workspaces: Pick<Workspaces, 'get'>;
  steps: Steps;
  past: PastParts;
}) {
  const db = parts.ledger.withTables<CleaningTables>();
  const { clock, steps } = parts;

  const of = (workspace: string, { state, step, code }: Filter) => {
    let query = db
      .selectFrom('collect_cleaning_finding')
      .where('workspace', '=', workspace)
      .where('state', '=', state);
    if (step !== undefined) query = query.where('step', '=', step);
    if (code !== undefined) query = query.where('code', '=', code);
    return query;
  };

  /** Findings of a step as they are now: new ones are open, decided ones stay as decided, open ones that are gone go. */
  async function renew(
    workspace: string,
    step: string,
    found: readonly Found[],
    total: number,
  ): Promise<void> {
    const looked = new Date(clock.now());
    await db.transaction().execute(async (trx) => {
      let gone = trx
        .deleteFrom('collect_cleaning_finding')
        .where('workspace', '=', workspace)
        .where('step', '=', step)
        .where('state', '=', 'open');
      const ids = found.map((one) => one.id);
      if (ids.length > 0) gone = gone.where(sql<boolean>`not (id = any(${ids}))`);
      await gone.execute();
      for (let at = 0; at < found.length; at += AT_ONCE)
        await trx
          .insertInto('collect_cleaning_finding')
          .values(
            found.slice(at, at + AT_ONCE).map((one) => ({
              ...{ ...one, workspace, reason: JSON.stringify(one.reason), state: 'open' as const },
              ...{ decision: null, decided_by: null, decided_at: null, corrected: null },
            })),
          )
          .onConflict((c) =>
            c.columns(['workspace', 'id']).doUpdateSet((row) => ({
              reason: row.ref('excluded.reason'),
              weight: row.ref('excluded.weight'),
            })),
          )
          .execute();
      await trx
        .insertInto('collect_cleaning_look')
        .values({ workspace, step, found: total, looked_at: looked })
        .onConflict((c) => c.columns(['workspace', 'step']).doUpdateSet({ found: total, looked_at: looked }))
        .execute();
    });
  }

  async function applicable(workspace: string, selection: FindingSelection, verdict: FindingVerdict) {
    let query = of(workspace, { state: 'open', step: selection.step, code: selection.code } as Filter);
    if (selection.ids) query = query.where('id', 'in', selection.ids);
    const rows = await query.selectAll().orderBy('weight', 'desc').orderBy('id').limit(20_000).execute();
    const put = rows.flatMap((row) => {
      if (!MAY[row.subject].includes(verdict.action)) return [];
      const corrected = correctedBy(row, verdict);
      return corrected === undefined ? [] : [{ id: row.id, corrected }];
    });
    if (rows.length === 0 || put.length === 0)
      throw new AppError({
        code: 'cleaning.not_applicable',
        status: 422,
        detail:
          rows.length === 0
            ? 'None of these findings is open any more; look at the queue again.'
            : `"${verdict.action}" cannot be said of these findings; choose another action, or a value that fits the field.`,
      });
    return put;
  }

  /** Has a job tell anew what a decision is about, in the transaction that makes or takes it. */
  const tellAnew = (workspace: string, decision: string, findings: number, trx: unknown) =>
    parts.jobs.enqueue(
      {
        ...{ workspace, kind: DECIDED_KIND, subject: `${findings}`, payload: { decision } },
        ...{ key: `${DECIDED_KIND}:${decision}`, again: true },
      },
      trx as never,
    );

  return {
    renew,

    /** Looks through what is stored with every finding step that is on. */
    async look(workspace: string, onStep: (done: number) => Promise<void> = async () => {}): Promise<number> {
      const version = await steps.current(workspace);
      const finding = (version?.steps ?? []).flatMap((one) => (isActing(one) || !one.isOn ? [] : [one]));
      const { timeZone } = await parts.workspaces.get(workspace);
      let sum = 0;
      for (const [i, step] of finding.entries()) {
        const { found, total } = await findBy(parts.past, workspace, step, { now: clock.now(), timeZone });
        await renew(workspace, step.id, found, total);
        sum += total;
        await onStep((i + 1) / finding.length);
      }
      const ids = ['', ...finding.map((one) => one.id)];
      for (const table of ['collect_cleaning_finding', 'collect_cleaning_look'] as const) {
        let gone = db.deleteFrom(table).where('workspace', '=', workspace).where('step', 'not in', ids);
        if (table === 'collect_cleaning_finding') gone = gone.where('state' as never, '=', 'open' as never);
        await gone.execute();
      }
      return sum;
    },

    /** What a step that is not saved would find. */
    async tryStep(workspace: string, step: Exclude<CleanStep, { on: unknown }>, limit: number) {
      const { timeZone } = await parts.workspaces.get(workspace);
      const { found, total } = await findBy(parts.past, workspace, step, { now: clock.now(), timeZone });
      const shown = found.slice(0, limit).map((one) => ({
        ...{ ...one, workspace, state: 'open' as const, decision: null, decided_by: null },
        ...{ decided_at: null, corrected: null },
      }));
      return { findings: shown.map((row) => presentFinding(row)), total };
    },

    async list(
      workspace: string,
      filter: Filter,
      page: { limit: number; offset: number },
    ): Promise<Finding[]> {
      const rows = await of(workspace, filter)
        .selectAll()
        .orderBy('weight', 'desc')
        .orderBy('id')
        .limit(page.limit + 1)
        .offset(page.offset)
        .execute();
      return rows.map(presentFinding);
    },

    async groups(workspace: string, state: FindingState) {
      const rows = await of(workspace, { state })
        .select(['step', 'kind', 'code'])
        .select((e) => e.fn.countAll().as('findings'))
        .groupBy(['step', 'kind', 'code'])
        .orderBy('findings', 'desc')
        .orderBy('step')
        .orderBy('code')
        .execute();
      return rows.map((row) => ({ ...row, findings: Number(row.findings) }));
    },

    async openByStep(workspace: string): Promise<Map<string, number>> {
      const rows = await of(workspace, { state: 'open' })
        .select('step')
        .select((e) => e.fn.countAll().as('n'))
        .groupBy('step')
        .execute();
      return new Map(rows.map((row) => [row.step, Number(row.n)]));
    },

    looks: (workspace: string) =>
      db.selectFrom('collect_cleaning_look').selectAll().where('workspace', '=', workspace).execute(),

    /** Decides about findings; a job tells what is decided about anew. */
    async decide(workspace: string, selection: FindingSelection, verdict: FindingVerdict, by: string) {
      const put = await applicable(workspace, selection, verdict);
      const decision = `decision-${randomUUID()}`;
      const set = {
        state: STATE_OF[verdict.action],
        decision,
        decided_by: by,
        decided_at: new Date(clock.now()),
      };
      await db.transaction().execute(async (trx) => {
        for (let at = 0; at < put.length; at += AT_ONCE) {
          const some = put.slice(at, at + AT_ONCE);
          await trx
            .updateTable('collect_cleaning_finding')
            .set({
              ...set,
              corrected: sql<string | null>`(select v from unnest(${some.map((one) => one.id)}::text[],
                ${some.map((one) => one.corrected)}::text[]) as t(i, v) where t.i = id)`,
            })
            .where('workspace', '=', workspace)
            .where('state', '=', 'open')
            .where(
              'id',
              'in',
              some.map((one) => one.id),
            )
            .execute();
        }
        // What is right as it stands changes nothing.
        if (verdict.action !== 'accept') await tellAnew(workspace, decision, put.length, trx);
      });
      steps.forget(workspace);
      return { decision, findings: put.length };
    },

    /** Takes a decision back. */
    async undo(workspace: string, decision: string) {
      const findings = await db.transaction().execute(async (trx) => {
        const about = await trx
          .selectFrom('collect_cleaning_finding')
          .select('state')
          .where('workspace', '=', workspace)
          .where('decision', '=', decision)
          .forUpdate()
          .execute();
        await trx
          .updateTable('collect_cleaning_finding')
          .set({ state: 'open', decision: null, decided_by: null, decided_at: null, corrected: null })
          .where('workspace', '=', workspace)
          .where('decision', '=', decision)
          .execute();
        if (about.some((one) => one.state !== 'accepted'))
          await tellAnew(workspace, decision, about.length, trx);
        return about.length;
      });
      steps.forget(workspace);
      return { findings };
    },

    /** What one decision is about. */
    decidedAbout: (workspace: string, decision: string) =>
      db
        .selectFrom('collect_cleaning_finding')
        .select(['subject', 'key', 'line'])
        .where('workspace', '=', workspace)
        .where('decision', '=', decision)
        .execute(),
  };
}
export type Queue = ReturnType<typeof openQueue>;

/** What a verdict puts in the place of what was found, as JSON; null for nothing, undefined where it does not fit. */
function correctedBy(
  row: Pick<FindingRow, 'field' | 'reason' | 'value' | 'subject'>,
  verdict: FindingVerdict,
) {
  if (verdict.action !== 'correct' && verdict.action !== 'usual') return null;
  const { usual } = row.reason;
  const given = verdict.action === 'correct' ? verdict.value : usual;
  if (given === null) return undefined;
  const before = JSON.parse(row.value) as Value;
  const rounded = typeof given === 'number' ? Math.round(given) : given;
  const value =
    row.subject === 'trait' && typeof before !== 'number' ? String(rounded) : fitting(row.field, rounded);
  return value === undefined || value === before ? undefined : JSON.stringify(value);
}

function presentFinding(row: FindingRow): Finding {
  return {
    ...{ id: row.id, step: row.step, kind: row.kind, subject: row.subject, key: row.key, line: row.line },
    ...{
      field: row.field,
      value: plain(row.value),
      reason: row.reason,
      label: row.label,
      source: row.source,
    },
    ...{
      personId: row.person_id === null ? null : Number(row.person_id),
      at: isoOrNull(row.at),
      state: row.state,
    },
    ...{ decision: row.decision, decidedBy: row.decided_by, decidedAt: isoOrNull(row.decided_at) },
    corrected: row.corrected === null ? null : plain(row.corrected),
  };
}

function plain(json: string): string {
  const value = JSON.parse(json) as Value | null;
  return value === null ? '' : String(value);
}
