import { randomUUID } from 'node:crypto';
import type { Duplicate, DuplicateReason, DuplicateSide } from '@qianmian/contract';
import type { Insertable } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Decisions } from './decisions.ts';
import { strongest } from './decisions.ts';
import { DuplicateSearch, type Portrait, withinShares } from './duplicates.ts';
import { noDuplicate } from './errors.ts';
import { HEARD } from './evidence-graph.ts';
import { type Identity, inSteps } from './identity.ts';
import { normaliseIdentifier } from './normalise.ts';
import type { PersonIndex } from './person-index.ts';
import type { IdentityTables } from './store.pg.ts';

export const FIND_DUPLICATES = 'identity.find_duplicates';
/** Pairs kept for review; the less probable are found again once these are decided. */
const KEPT_AT_MOST = 5000;

/** What is known of people by domains to the right; handed in by `app.ts`. */
export interface People {
  /** Everyone, in parts. */
  portraits(workspace: string): AsyncIterable<readonly Portrait[]>;
  /** Some people as they are shown. */
  sides(workspace: string, people: readonly number[], reveal: boolean): Promise<DuplicateSide[]>;
}

/** What of a person only pages said: by the evidence of their identifiers. */
function heardOf(index: PersonIndex, portrait: Portrait, country: string | null): Portrait['heard'] {
  const { graph } = index;
  const { nodes } = index.partsOf(portrait.person);
  const isHeard = (type: 'phone' | 'email') => {
    const value = portrait[type] && normaliseIdentifier(type, portrait[type], country);
    const node = value ? index.nodeOf({ type, value }) : 0;
    if (node === 0 || (nodes.includes(node) && graph.isTold(node))) return false;
    for (let e = graph.first(node); e !== 0; e = graph.next(e, node))
      if (graph.kind[e] !== HEARD && !graph.isVoid(e) && nodes.includes(graph.other(e, node))) return false;
    return true;
  };
  return {
    person: nodes.length > 0 && !nodes.some((node) => graph.isTold(node)),
    phone: isHeard('phone'),
    email: isHeard('email'),
  };
}

function* takeUp(
  search: DuplicateSearch,
  some: readonly Portrait[],
  index: PersonIndex,
  country: string | null,
): Generator<void> {
  for (const [i, portrait] of some.entries()) {
    search.add({ ...portrait, heard: heardOf(index, portrait, country) });
    if (i % 100 === 0) yield;
  }
}

/** The queue of people who are probably one: found by a job, decided by a person. */
export function openReview(parts: {
  identity: Identity;
  decisions: Decisions;
  people: People;
  clock: Clock;
}) {
  const { identity, decisions, people, clock } = parts;
  const { db, indexOf } = identity.inner;

  async function one(workspace: string, id: string) {
    const row = await db
      .selectFrom('identity_duplicate')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw noDuplicate(id);
    return row;
  }

  const drop = (workspace: string, id: string) =>
    db.deleteFrom('identity_duplicate').where('workspace', '=', workspace).where('id', '=', id).execute();

  return {
    /** Looks for duplicates among everyone; pairs that were decided are not proposed again. */
    async find(workspace: string, progress: (done: number) => Promise<void>): Promise<void> {
      const search = new DuplicateSearch();
      const country = await identity.inner.countryOf(workspace);
      for await (const some of people.portraits(workspace))
        await inSteps(takeUp(search, some, await indexOf(workspace), country));
      let told = 0;
      const { candidates, skippedBlocks } = await inSteps(search.find(), async (done) => {
        if (done - told < 0.01) return;
        told = done;
        await progress(done * 0.9);
      });
      const index = await indexOf(workspace);
      const now = new Date(clock.now());
      const open: (Omit<Insertable<IdentityTables['identity_duplicate']>, 'put_off_at'> & {
        isHeard: boolean;
      })[] = [];
      for (const { a, b, score, reasons, isHeard } of candidates) {
        const [ofA, ofB] = [index.partsOf(a).nodes, index.partsOf(b).nodes];
        if (ofA.length === 0 || ofB.length === 0) continue;
        const others = new Set(ofB);
        if (ofA.some((node) => index.apartFrom(node).some((other) => others.has(other)))) continue;
        const pair = [strongest(index, ofA), strongest(index, ofB)].sort((x, y) => x - y);
        open.push({
          ...{ id: randomUUID(), workspace, a: pair[0]!, b: pair[1]!, score, found_at: now },
          ...{ reasons: JSON.stringify(reasons), is_heard: isHeard, isHeard },
        });
      }
      const rows = withinShares(open, KEPT_AT_MOST).map(({ isHeard, ...row }) => row);
      await db.transaction().execute(async (t) => {
        // Pairs that are found again keep their names: somebody may be looking at them.
        for (let at = 0; at < rows.length; at += 500)
          await t
            .insertInto('identity_duplicate')
            .values(rows.slice(at, at + 500).map((row) => ({ ...row, put_off_at: null })))
            .onConflict((c) =>
              c.columns(['workspace', 'a', 'b']).doUpdateSet((e) => ({
                score: e.ref('excluded.score'),
                reasons: e.ref('excluded.reasons'),
                is_heard: e.ref('excluded.is_heard'),
                found_at: e.ref('excluded.found_at'),
              })),
            )
            .execute();
        await t
          .deleteFrom('identity_duplicate')
          .where('workspace', '=', workspace)
          .where('found_at', '<', now)
          .execute();
        const run = { searched_at: now, skipped_blocks: skippedBlocks };
        await t
          .insertInto('identity_run')
          .values({ workspace, folded_at: null, ...run })
          .onConflict((c) => c.column('workspace').doUpdateSet(run))
          .execute();
      });
    },

    async count(workspace: string): Promise<number> {
      const row = await db
        .selectFrom('identity_duplicate')
        .select((e) => e.fn.countAll<number>().as('n'))
        .where('workspace', '=', workspace)
        .executeTakeFirstOrThrow();
      return Number(row.n);
    },

    /** Pairs to decide, those that rest on what only pages said after the others, those put off at the end. */
    async list(
      workspace: string,
      page: { limit: number; offset: number },
      reveal: boolean,
    ): Promise<Duplicate[]> {
      const rows = await db
        .selectFrom('identity_duplicate')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy((e) => e.fn.coalesce('put_off_at', e.val(new Date(0))))
        .orderBy('is_heard')
        .orderBy('score', 'desc')
        .orderBy('id')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      const index = await indexOf(workspace);
      const pairs = rows.map((row) => ({ row, a: index.personOf(row.a), b: index.personOf(row.b) }));
      const open = pairs.filter(({ a, b }) => a > 0 && b > 0 && a !== b);
      const ids = [...new Set(open.flatMap(({ a, b }) => [a, b]))];
      const sides = new Map((await people.sides(workspace, ids, reveal)).map((s) => [s.personId, s]));
      return open.flatMap(({ row, a, b }) => {
        const [left, right] = [sides.get(a), sides.get(b)];
        if (!left || !right) return [];
        const reasons = row.reasons as { reason: DuplicateReason; weight: number }[];
        return [{ id: row.id, score: row.score, reasons, a: left, b: right }];
      });
    },

    /** Decides a pair, or puts it off. */
    async decide(
      workspace: string,
      id: string,
      verdict: 'same' | 'different' | 'later',
      who: string,
    ): Promise<{ decisionId: string | null; people: number[] }> {
      const row = await one(workspace, id);
      const index = await indexOf(workspace);
      const pair = [index.personOf(row.a), index.personOf(row.b)];
      if (verdict === 'later') {
        await db
          .updateTable('identity_duplicate')
          .set({ put_off_at: new Date(clock.now()) })
          .where('workspace', '=', workspace)
          .where('id', '=', id)
          .execute();
        return { decisionId: null, people: pair };
      }
      const decisionId =
        pair[0] === pair[1]
          ? null
          : verdict === 'same'
            ? (await decisions.merge(workspace, pair[0]!, pair[1]!, who)).decisionId
            : await decisions.apart(workspace, row.a, row.b, who);
      await drop(workspace, id);
      return { decisionId, people: pair };
    },
  };
}
export type Review = ReturnType<typeof openReview>;
