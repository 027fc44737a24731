import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Bus } from '../platform/bus.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import { alreadyOne, noDecision, noPerson, notOfOne } from './errors.ts';
import { HEARD } from './evidence-graph.ts';
import type { Exclusively, Identity } from './identity.ts';
import type { PersonIndex } from './person-index.ts';
import type { IdentityTables, Replaced } from './store.pg.ts';

type DecisionRow = Selectable<IdentityTables['identity_decision']>;
const BY_HAND = { source: 'decision', importId: '' };

/** What people decide about who is who: it stands above all evidence, and can be taken back. */
export function openDecisions(parts: {
  identity: Identity;
  exclusively: Exclusively;
  clock: Clock;
  bus: Bus;
}) {
  const { inner } = parts.identity;
  const { db, store } = inner;

  /** Changes an index and makes the change durable, while no facts are stored; the ledger knows of it already. */
  async function change(workspace: string, work: (index: PersonIndex) => void): Promise<PersonIndex> {
    const index = await inner.indexOf(workspace);
    const changes = () => {
      work(index);
      return index.settle();
    };
    await inner.keep(workspace, changes, BY_HAND, 'decision');
    await parts.bus.announce('identity.changed', { workspace });
    return index;
  }

  async function note(
    workspace: string,
    verdict: 'same' | 'different',
    [a, b]: readonly [number, number],
    who: string,
    instead: readonly DecisionRow[],
  ): Promise<string> {
    const row = {
      verdict,
      decided_at: new Date(parts.clock.now()),
      decided_by: who,
      id: randomUUID(),
      replaces: JSON.stringify(instead.map(replacedBy)),
    };
    await db.transaction().execute(async (trx) => {
      const ids = instead.map((d) => d.id);
      if (ids.length > 0)
        await trx
          .deleteFrom('identity_decision')
          .where('workspace', '=', workspace)
          .where('id', 'in', ids)
          .execute();
      await trx
        .insertInto('identity_decision')
        .values({ ...row, workspace, a, b })
        .onConflict((c) => c.columns(['workspace', 'a', 'b']).doUpdateSet(row))
        .execute();
    });
    return row.id;
  }

  /** Takes a decision out, and puts back those that it stands in the place of, where nobody decided anew since. */
  async function takeBack(workspace: string, row: DecisionRow): Promise<Replaced[]> {
    const again: Replaced[] = [];
    await db.transaction().execute(async (trx) => {
      await trx
        .deleteFrom('identity_decision')
        .where('workspace', '=', workspace)
        .where('id', '=', row.id)
        .execute();
      for (const one of row.replaces) {
        const put = await trx
          .insertInto('identity_decision')
          .values({
            ...{ ...one, workspace, decided_at: new Date(one.decided_at) },
            replaces: JSON.stringify(one.replaces),
          })
          .onConflict((c) => c.columns(['workspace', 'a', 'b']).doNothing())
          .returning('id')
          .executeTakeFirst();
        if (put) again.push(one);
      }
    });
    return again;
  }

  /** What evidence there is of a pair beside decisions; null for none. */
  async function evidenceBeside(workspace: string, a: number, b: number) {
    const said = (await store.evidenceOf(workspace, [a])).filter(
      (e) => (e.a === a && e.b === b) || (e.a === b && e.b === a),
    );
    if (said.length === 0) return null;
    // What was only heard has no say beside what was told.
    const told = said.filter((e) => e.kind !== HEARD);
    const strongest = told.length > 0 ? told : said;
    return {
      kind: Math.max(...strongest.map((e) => e.kind)),
      seconds: Math.min(...strongest.map((e) => e.seconds)),
    };
  }

  async function mustBe(workspace: string, number: number) {
    const index = await inner.indexOf(workspace);
    const { nodes } = index.partsOf(index.whoIs(number));
    if (nodes.length === 0) throw noPerson(number);
    return { index, person: index.whoIs(number), nodes };
  }

  async function different(workspace: string, a: number, b: number, who: string): Promise<string> {
    const pair = inOrder(a, b);
    const before = (await inner.decisionsOf(workspace)).find((d) => d.a === pair[0] && d.b === pair[1]);
    const beside = before?.verdict === 'same' ? await evidenceBeside(workspace, a, b) : null;
    const id = await note(workspace, 'different', pair, who, before?.verdict === 'same' ? [before] : []);
    await change(workspace, (index) => {
      if (before?.verdict === 'same') index.unsetSame(a, b, beside);
      index.setApart(a, b, true);
    });
    return id;
  }

  async function same(workspace: string, first: number, second: number, who: string): Promise<string> {
    const { index, person, nodes } = await mustBe(workspace, first);
    const other = await mustBe(workspace, second);
    if (person === other.person) throw alreadyOne();
    const within = new Set([...nodes, ...other.nodes]);
    const against = (await inner.decisionsOf(workspace)).filter(
      (d) => d.verdict === 'different' && within.has(d.a) && within.has(d.b),
    );
    const [a, b] = inOrder(strongest(index, nodes), strongest(index, other.nodes));
    const id = await note(workspace, 'same', [a, b], who, against);
    await change(workspace, (now) => {
      for (const d of against) now.setApart(d.a, d.b, false);
      now.setSame(a, b, Math.floor(parts.clock.now() / SECOND));
    });
    return id;
  }

  return {
    /** What parting two identifiers of a person would leave on each side: identifiers, orders, events. */
    async previewSplit(workspace: string, number: number, a: number, b: number) {
      const { index, person, nodes } = await mustBe(workspace, number);
      if (!nodes.includes(a) || !nodes.includes(b) || a === b) throw notOfOne(number);
      const { numbers } = index.partsOf(person);
      const sides = index.partsIfApart(a, b);
      const [events, orders] = await Promise.all([
        store.countEvents(workspace, numbers, nodes),
        store.countOrders(workspace, nodes),
      ]);
      const sum = (of: Map<number, number>, side: number[]) => side.reduce((n, x) => n + (of.get(x) ?? 0), 0);
      return sides
        .map((side) => ({
          person: index.numberOfPart(side),
          nodes: side,
          orders: sum(orders, side),
          events: sum(events, side),
        }))
        .sort((x, y) => Number(y.person === person) - Number(x.person === person) || x.person - y.person);
    },

    /** Parts two identifiers of a person: they are of two people from now on. */
    split: (workspace: string, number: number, [a, b]: readonly [number, number], who: string) =>
      parts.exclusively(async () => {
        const { nodes } = await mustBe(workspace, number);
        if (!nodes.includes(a) || !nodes.includes(b) || a === b) throw notOfOne(number);
        const decisionId = await different(workspace, a, b, who);
        const index = await inner.indexOf(workspace);
        return { decisionId, people: [index.personOf(a), index.personOf(b)] };
      }),

    /** Makes two people one, whatever rules and earlier decisions say. */
    merge: (workspace: string, first: number, second: number, who: string) =>
      parts.exclusively(async () => {
        const decisionId = await same(workspace, first, second, who);
        return { decisionId, personId: (await inner.indexOf(workspace)).whoIs(first) };
      }),

    /** Remembers that two people are two, by an identifier of each. */
    apart: (workspace: string, a: number, b: number, who: string) =>
      parts.exclusively(() => different(workspace, a, b, who)),

    /** Takes a decision back: what held before it holds again, and else the evidence says who they are. */
    undo: (workspace: string, id: string) =>
      parts.exclusively(async () => {
        const row = (await inner.decisionsOf(workspace)).find((d) => d.id === id);
        if (!row) throw noDecision(id);
        const beside = row.verdict === 'same' ? await evidenceBeside(workspace, row.a, row.b) : null;
        const again = await takeBack(workspace, row);
        const index = await change(workspace, (now) => {
          if (row.verdict === 'different') now.setApart(row.a, row.b, false);
          else now.unsetSame(row.a, row.b, beside);
          for (const one of again)
            if (one.verdict === 'different') now.setApart(one.a, one.b, true);
            else now.setSame(one.a, one.b, Math.floor(Date.parse(one.decided_at) / SECOND));
        });
        return {
          verdict: row.verdict,
          people: [...new Set([index.personOf(row.a), index.personOf(row.b)])].filter((p) => p > 0),
        };
      }),
  };
}
export type Decisions = ReturnType<typeof openDecisions>;

const replacedBy = (row: DecisionRow): Replaced => ({
  ...{ id: row.id, verdict: row.verdict, a: row.a, b: row.b, replaces: row.replaces },
  ...{ decided_at: row.decided_at.toISOString(), decided_by: row.decided_by },
});

const inOrder = (a: number, b: number): [number, number] => (a < b ? [a, b] : [b, a]);

/** The strongest of some identifiers, the oldest of several. */
export function strongest(index: PersonIndex, nodes: readonly number[]): number {
  return nodes.reduce((best, node) => {
    const by = index.graph.type[node]! - index.graph.type[best]!;
    return by < 0 || (by === 0 && node < best) ? node : best;
  });
}
