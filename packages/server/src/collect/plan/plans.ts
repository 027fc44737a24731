import {
  GENTLE_RULES,
  type PlanRules,
  type planVersion,
  type TrackingPlan,
  trackingPlan,
} from '@qianmian/contract';
import type { z } from 'zod';
import { type Clock, DAY, isoOf, SECOND } from '../../platform/clock.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { isUniqueViolation, type Ledger } from '../../platform/ledger.ts';
import { clip } from '../../platform/text.ts';
import type { Warehouse } from '../../platform/warehouse.ts';
import { compileJudge, type JudgeEvent } from './check.ts';
import { learnEvents } from './learn.ts';
import { compilePattern } from './pattern.ts';
import { planWarehouse } from './store.ch.ts';
import type { PlanTables } from './store.pg.ts';

type Version = z.infer<typeof planVersion>;
/** How long a change made by another process may go unseen. */
const TRUST = 10 * SECOND;
/** Versions that are listed. */
const LISTED = 200;

interface Active {
  until: number;
  plan: TrackingPlan | null;
  rules: Map<string, PlanRules>;
  judges: Map<string, JudgeEvent | null>;
}

/** Tracking plans: what each workspace expects to be told, and what is done about anything else. */
export function openPlans(parts: { ledger: Ledger; warehouse: Warehouse; clock: Clock }) {
  const db = parts.ledger.withTables<PlanTables>();
  const warehouse = planWarehouse(parts.warehouse);
  const known = new Map<string, Active>();

  const activeVersion = async (workspace: string): Promise<number | null> =>
    (
      await db
        .selectFrom('collect_plan_active')
        .select('version')
        .where('workspace', '=', workspace)
        .executeTakeFirst()
    )?.version ?? null;

  const row = (workspace: string, version: number) =>
    db
      .selectFrom('collect_plan_version')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('version', '=', version)
      .executeTakeFirst();

  const newest = (workspace: string, limit: number) =>
    db
      .selectFrom('collect_plan_version')
      .selectAll()
      .where('workspace', '=', workspace)
      .orderBy('version', 'desc')
      .limit(limit)
      .execute();

  const rulesOf = (workspace: string) =>
    db
      .selectFrom('collect_plan_rules')
      .select(['source', 'rules'])
      .where('workspace', '=', workspace)
      .execute();

  async function load(workspace: string): Promise<Active> {
    const version = await activeVersion(workspace);
    const [plan, rules] = await Promise.all([
      version === null ? undefined : row(workspace, version),
      rulesOf(workspace),
    ]);
    return {
      until: Date.now() + TRUST,
      plan: plan ? trackingPlan.parse(plan.plan) : null,
      rules: new Map(rules.map((one) => [one.source, one.rules])),
      judges: new Map(),
    };
  }

  async function state(workspace: string) {
    const [active, [latest], rules] = await Promise.all([
      activeVersion(workspace),
      newest(workspace, 1),
      rulesOf(workspace),
    ]);
    return {
      activeVersion: active,
      latest: latest ? present(latest, active) : null,
      plan: latest ? latest.plan : null,
      rules,
    };
  }

  async function save(
    workspace: string,
    by: string,
    given: { plan: TrackingPlan; note: string; basedOn: number | null },
  ): Promise<Version> {
    refuseTwice(given.plan);
    refusePatterns(given.plan);
    const changed = () =>
      new AppError({
        code: 'plan.changed',
        status: 409,
        detail:
          'Somebody saved a newer version of the tracking plan meanwhile; look at it, then save yours again.',
      });
    const [latest] = await newest(workspace, 1);
    if ((latest?.version ?? null) !== given.basedOn) throw changed();
    const made = {
      workspace,
      version: (latest?.version ?? 0) + 1,
      plan: JSON.stringify(given.plan),
      note: given.note,
      created_by: by,
      created_at: new Date(parts.clock.now()),
    };
    await db
      .insertInto('collect_plan_version')
      .values(made)
      .execute()
      .catch((error) => {
        throw isUniqueViolation(error) ? changed() : error;
      });
    return present({ ...made, plan: given.plan }, await activeVersion(workspace));
  }

  return {
    state,
    save,

    async versions(workspace: string): Promise<Version[]> {
      const [rows, active] = await Promise.all([newest(workspace, LISTED), activeVersion(workspace)]);
      return rows.map((one) => present(one, active));
    },

    async version(workspace: string, version: number) {
      const found = await row(workspace, version);
      if (!found) throw notFound('plan', version);
      return { ...present(found, await activeVersion(workspace)), plan: found.plan };
    },

    /** Chooses what events are checked against from the next one on. */
    async activate(workspace: string, version: number | null) {
      if (version === null)
        await db.deleteFrom('collect_plan_active').where('workspace', '=', workspace).execute();
      else {
        if (!(await row(workspace, version))) throw notFound('plan', version);
        await db
          .insertInto('collect_plan_active')
          .values({ workspace, version })
          .onConflict((c) => c.column('workspace').doUpdateSet({ version }))
          .execute();
      }
      known.delete(workspace);
      return state(workspace);
    },

    async setRules(workspace: string, source: string, rules: PlanRules) {
      const text = JSON.stringify(rules);
      await db
        .insertInto('collect_plan_rules')
        .values({ workspace, source, rules: text })
        .onConflict((c) => c.columns(['workspace', 'source']).doUpdateSet({ rules: text }))
        .execute();
      known.delete(workspace);
      return state(workspace);
    },

    learn: (
      workspace: string,
      days: number,
      show: (properties: Record<string, unknown>) => Record<string, unknown>,
    ) => learnEvents(warehouse, workspace, parts.clock.now() - days * DAY, show),

    /** Judges events of a source by the active plan; null where none is or nothing is done about it. */
    async judgeOf(workspace: string, source: string): Promise<JudgeEvent | null> {
      let active = known.get(workspace);
      if (!active || active.until < Date.now()) {
        active = await load(workspace);
        if (known.size > 10_000) known.clear();
        known.set(workspace, active);
      }
      if (!active.plan) return null;
      const judge = active.judges.get(source);
      if (judge !== undefined) return judge;
      const made = compileJudge(active.plan, active.rules.get(source) ?? GENTLE_RULES);
      active.judges.set(source, made);
      return made;
    },
  };
}
export type Plans = ReturnType<typeof openPlans>;

function present(
  row: { version: number; plan: TrackingPlan; note: string; created_by: string; created_at: Date },
  active: number | null,
): Version {
  return {
    version: row.version,
    note: row.note,
    createdBy: row.created_by,
    createdAt: isoOf(row.created_at.getTime()),
    events: row.plan.events.length,
    properties: row.plan.events.reduce((sum, event) => sum + event.properties.length, 0),
    isActive: row.version === active,
  };
}

/** An event or property named twice would be expected in two ways. */
function refuseTwice(plan: TrackingPlan): void {
  const twice = (names: string[]) => names.find((name, at) => names.indexOf(name) !== at);
  const named =
    twice(plan.events.map((event) => event.name)) ??
    plan.events
      .map((event) => twice(event.properties.map((one) => one.path)))
      .find((path) => path !== undefined);
  if (named !== undefined)
    throw new AppError({
      code: 'plan.named_twice',
      status: 422,
      detail: `"${named}" stands twice in the tracking plan; name each event once, and each property once in its event.`,
    });
}

function refusePatterns(plan: TrackingPlan): void {
  const fields = Object.fromEntries(
    plan.events.flatMap((event, i) =>
      event.properties.flatMap(({ pattern }, j) =>
        pattern === undefined || compilePattern(pattern)
          ? []
          : [
              [
                `plan.events.${i}.properties.${j}.pattern`,
                `must be a regular expression as RE2 reads them, and not too large; it is "${clip(pattern, 60)}"`,
              ],
            ],
      ),
    ),
  );
  const [first] = Object.values(fields);
  if (first !== undefined)
    throw new AppError({ code: 'plan.bad_pattern', status: 422, detail: `The pattern ${first}.`, fields });
}
