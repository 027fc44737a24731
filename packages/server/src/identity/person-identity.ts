import type { Decision, Join, PersonIdentity, ShownIdentifier } from '@qianmian/contract';
import type { Selectable } from 'kysely';
import { IDENTIFIER_TYPES } from '../collect/index.ts';
import { isoOf, SECOND } from '../platform/clock.ts';
import { noPerson } from './errors.ts';
import { DECIDED, HEARD, TOLD } from './evidence-graph.ts';
import type { Identity } from './identity.ts';
import type { IdentityTables } from './store.pg.ts';

/** How identifiers are shown to who may not reveal personal data: profile's rule, handed in by `app.ts`. */
export type MaskIdentifier = (type: string, value: string) => string;
type DecisionRow = Selectable<IdentityTables['identity_decision']>;

const JOINS_SHOWN = 300;

/** Who is behind a person, in a form to be shown. */
export function openPersonIdentity(parts: { identity: Identity; mask: MaskIdentifier }) {
  const { inner } = parts.identity;
  const { store, db } = inner;

  /** Identifiers by their numbers, as they are shown. */
  async function shown(workspace: string, nodes: Iterable<number>, reveal: boolean) {
    const rows = await store.byAnchors(workspace, [...new Set(nodes)]);
    const of = new Map(
      rows.map((r) => [
        r.anchor,
        {
          number: r.anchor,
          type: r.type,
          value: reveal ? r.value : parts.mask(r.type, r.value),
          firstSeenAt: isoOf(Date.parse(r.first_seen)),
        },
      ]),
    );
    return (node: number): ShownIdentifier & { firstSeenAt: string } =>
      of.get(node) ?? { number: node, type: 'unknown', value: '', firstSeenAt: isoOf(0) };
  }
  const bare = ({ number, type, value }: ShownIdentifier): ShownIdentifier => ({ number, type, value });

  async function presentDecisions(
    workspace: string,
    rows: readonly DecisionRow[],
    reveal: boolean,
  ): Promise<Decision[]> {
    const index = await inner.indexOf(workspace);
    const of = await shown(
      workspace,
      rows.flatMap((d) => [d.a, d.b]),
      reveal,
    );
    return rows.map((d) => ({
      id: d.id,
      verdict: d.verdict,
      a: bare(of(d.a)),
      b: bare(of(d.b)),
      personA: index.personOf(d.a),
      personB: index.personOf(d.b),
      decidedAt: d.decided_at.toISOString(),
      decidedBy: d.decided_by,
    }));
  }

  return {
    shown,

    async get(workspace: string, number: number, reveal: boolean): Promise<PersonIdentity> {
      const index = await inner.indexOf(workspace);
      const { graph } = index;
      const person = index.whoIs(number);
      const { nodes } = index.partsOf(person);
      if (nodes.length === 0) throw noPerson(number);
      const within = new Set(nodes);
      const { joins, refused } = index.reasons(person);
      const [evidence, decided] = await Promise.all([
        store.evidenceOf(workspace, nodes),
        inner.decisionsOf(workspace),
      ]);
      const mine = decided.filter((d) => within.has(d.a) || within.has(d.b));
      const edges = [...joins.slice(0, JOINS_SHOWN), ...refused.slice(0, 50)];
      const of = await shown(
        workspace,
        [...nodes, ...edges.flatMap((e) => [graph.from[e]!, graph.to[e]!])],
        reveal,
      );
      const first = new Map<string, (typeof evidence)[number]>();
      for (const e of evidence) {
        const key = `${e.kind === HEARD} ${pairKey(e.a, e.b)}`;
        if (!first.has(key)) first.set(key, e);
      }
      const present = (edge: number): Join => {
        const [a, b] = [graph.from[edge]!, graph.to[edge]!];
        const kind = graph.kind[edge]!;
        const said = (isHeard: boolean) => first.get(`${isHeard} ${pairKey(a, b)}`);
        const from = kind === HEARD ? said(true) : (said(false) ?? said(true));
        return {
          a: bare(of(a)),
          b: bare(of(b)),
          kind: KINDS[kind] ?? 'seen',
          firstSeenAt: isoOf(graph.at[edge]! * SECOND),
          source: from?.source ?? '',
          importId: from?.import_id ?? '',
          decisionId:
            mine.find((d) => d.verdict === 'same' && pairKey(d.a, d.b) === pairKey(a, b))?.id ?? null,
        };
      };
      const byTime = (x: Join, y: Join) => x.firstSeenAt.localeCompare(y.firstSeenAt);
      return {
        personId: person,
        masked: !reveal,
        identifiers: nodes
          .map((node) => ({ ...of(node), isShared: index.isShared(node) }))
          .sort((x, y) => rank(x.type) - rank(y.type) || x.firstSeenAt.localeCompare(y.firstSeenAt)),
        joins: joins.slice(0, JOINS_SHOWN).map(present).sort(byTime),
        refused: refused
          .slice(0, 50)
          .map((edge) => ({
            ...present(edge),
            otherPersonId: index.personOf(
              within.has(graph.from[edge]!) ? graph.to[edge]! : graph.from[edge]!,
            ),
          }))
          .sort(byTime),
        decisions: await presentDecisions(workspace, mine, reveal),
      };
    },

    async decisions(workspace: string, page: { limit: number; offset: number }, reveal: boolean) {
      const rows = await db
        .selectFrom('identity_decision')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('decided_at', 'desc')
        .orderBy('id')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      return presentDecisions(workspace, rows, reveal);
    },
  };
}
export type PersonIdentities = ReturnType<typeof openPersonIdentity>;

const KINDS: Record<number, Join['kind']> = { [DECIDED]: 'decided', [TOLD]: 'told', [HEARD]: 'heard' };
const pairKey = (a: number, b: number) => (a < b ? `${a} ${b}` : `${b} ${a}`);
const rank = (type: string) => (IDENTIFIER_TYPES as readonly string[]).indexOf(type);
