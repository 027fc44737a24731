import { createHash } from 'node:crypto';
import type { IdentityRules, RulesEffect } from '@qianmian/contract';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import { rulesChanged } from './errors.ts';
import type { Exclusively, Identity } from './identity.ts';
import { inSteps } from './identity.ts';
import { compileRules, completeRules, DEFAULT_RULES } from './rules.ts';

export const APPLY_RULES = 'identity.apply_rules';
const EXAMPLES = 20;

/** Stands for rules: the same for the same, whatever order a store gives their fields. */
const versionOf = ({ types }: IdentityRules) =>
  createHash('sha256')
    .update(
      JSON.stringify(
        types.map((r) => [
          ...[r.type, r.joins, r.perPerson, r.perPeriod?.count ?? 0, r.perPeriod?.days ?? 0, r.sharedFrom],
          r.blocked,
        ]),
      ),
    )
    .digest('base64url');

/** The rules of a workspace: what others would change, and letting them hold for everyone. */
export function openRules(parts: {
  identity: Identity;
  exclusively: Exclusively;
  jobs: Jobs;
  clock: Clock;
  bus: Bus;
}) {
  const { inner } = parts.identity;
  const { db } = inner;

  const rowOf = (workspace: string) =>
    db.selectFrom('identity_rules').selectAll().where('workspace', '=', workspace).executeTakeFirst();

  return {
    async get(workspace: string) {
      const row = await rowOf(workspace);
      const rules = row?.wanted ?? row?.rules ?? null;
      const complete = completeRules(rules ?? DEFAULT_RULES);
      return {
        ...complete,
        isDefault: rules === null,
        isApplying: !!row?.wanted,
        version: versionOf(complete),
      };
    },

    /** What other rules would change; people go on being resolved meanwhile. */
    async preview(workspace: string, rules: IdentityRules): Promise<RulesEffect> {
      const index = await inner.indexOf(workspace);
      const compiled = compileRules(rules, await inner.countryOf(workspace));
      const partsOf = new Map<number, number>();
      const joinedInto = new Map<number, number>();
      let people = 0;
      let peopleAfter = 0;
      let joined = 0;
      await inSteps(
        index.underRules(compiled, await inner.blockedBy(workspace, compiled), (found) => {
          for (const part of found) {
            peopleAfter += 1;
            const were = new Set(part.map((node) => index.personOf(node)));
            were.delete(0);
            joined += Math.max(0, were.size - 1);
            for (const person of were) {
              partsOf.set(person, (partsOf.get(person) ?? 0) + 1);
              if (were.size > 1) joinedInto.set(person, were.size - 1);
            }
          }
        }),
      );
      let parted = 0;
      const touched = new Set(joinedInto.keys());
      for (const [person, count] of partsOf) {
        people += 1;
        parted += count - 1;
        if (count > 1) touched.add(person);
      }
      const examples = [...touched]
        .map((personId) => ({
          personId,
          becomes: partsOf.get(personId)!,
          joins: joinedInto.get(personId) ?? 0,
        }))
        .sort((a, b) => b.becomes + b.joins - (a.becomes + a.joins) || a.personId - b.personId)
        .slice(0, EXAMPLES);
      return { people, peopleAfter, parted, joined, examples };
    },

    /** Asks for other rules, which a job lets hold; refused where those they are based on are no longer the ones. */
    async put(
      workspace: string,
      rules: IdentityRules,
      basedOn?: string,
    ): Promise<{ jobId: string; before: IdentityRules }> {
      const changed_at = new Date(parts.clock.now());
      const before = await db.transaction().execute(async (tx) => {
        // There is a row to hold on to, so that of two who save at once one sees the other.
        await tx
          .insertInto('identity_rules')
          .values({ workspace, rules: null, wanted: null, changed_at })
          .onConflict((c) => c.column('workspace').doNothing())
          .execute();
        const row = await tx
          .selectFrom('identity_rules')
          .selectAll()
          .where('workspace', '=', workspace)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const now = completeRules(row.wanted ?? row.rules ?? DEFAULT_RULES);
        if (basedOn !== undefined && basedOn !== versionOf(now)) throw rulesChanged();
        await tx
          .updateTable('identity_rules')
          .set({ wanted: JSON.stringify(completeRules(rules)), changed_at })
          .where('workspace', '=', workspace)
          .execute();
        return now;
      });
      const jobId = await parts.jobs.enqueue({
        workspace,
        kind: APPLY_RULES,
        subject: '',
        payload: {},
        key: `${APPLY_RULES}:${workspace}`,
        again: true,
      });
      return { jobId, before };
    },

    /**
     * Lets the rules asked for last hold. The ledger says so first: after a crash the index is read with the new rules, and
     * what they change is written down then.
     */
    async apply(workspace: string, progress: (done: number) => Promise<void>): Promise<void> {
      await parts.exclusively(async () => {
        const index = await inner.indexOf(workspace);
        const row = await rowOf(workspace);
        const wanted = row?.wanted;
        if (!wanted) return;
        const compiled = compileRules(wanted, await inner.countryOf(workspace));
        const isBlocked = await inner.blockedBy(workspace, compiled);
        await db
          .updateTable('identity_rules')
          .set({ rules: JSON.stringify(wanted) })
          .where('workspace', '=', workspace)
          .execute();
        try {
          const changes = await inSteps(index.useRules(compiled, isBlocked), (done) => progress(done * 0.8));
          await inner.keep(workspace, () => changes, { source: 'rules', importId: '' }, 'rules');
        } catch (error) {
          parts.identity.forget(workspace);
          throw error;
        }
        await db
          .updateTable('identity_rules')
          .set({ wanted: null })
          .where('workspace', '=', workspace)
          .where('changed_at', '=', row.changed_at)
          .execute();
      });
      await parts.bus.announce('identity.changed', { workspace });
    },
  };
}
export type Rules = ReturnType<typeof openRules>;
