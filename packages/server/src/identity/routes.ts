import { identityEndpoints as e, type IdentityRules, type IdentityState } from '@qianmian/contract';
import { IDENTIFIER_TYPES, type IdentifierType } from '../collect/index.ts';
import type { Audit, Guesses } from '../governance/index.ts';
import { isoOrNull } from '../platform/clock.ts';
import { cursorOf, offsetCursor, pageFrom } from '../platform/cursor.ts';
import type { Mount } from '../platform/http.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Rules } from './change-rules.ts';
import type { Decisions } from './decisions.ts';
import { unknownType } from './errors.ts';
import type { Folding } from './fold.ts';
import type { Identity } from './identity.ts';
import type { PersonIdentities } from './person-identity.ts';
import { FIND_DUPLICATES, type Review } from './review.ts';

const REVEAL = 'customer.reveal';

/** HTTP edge of identity. */
export function identityRoutes(
  mount: Mount,
  parts: {
    identity: Identity;
    people: PersonIdentities;
    rules: Rules;
    decisions: Decisions;
    review: Review;
    folding: Folding;
    jobs: Jobs;
    audit: Audit;
    guesses: Guesses;
    /** Tables of facts of domains to the right, in which somebody may be known by an identifier alone. */
    factTables: readonly string[];
  },
): void {
  const { identity, people, rules, decisions, review, jobs, audit } = parts;

  mount(e.getIdentityState, ({ workspace }) => stateOf(workspace, parts));

  mount(e.findByIdentifier, async ({ workspace, query, who, may }) => {
    if (!(IDENTIFIER_TYPES as readonly string[]).includes(query.type))
      throw unknownType(query.type, IDENTIFIER_TYPES);
    const identifier = { type: query.type as IdentifierType, value: query.value };
    const find = () => identity.personOf(workspace, identifier);
    const personId = may(REVEAL)
      ? await find()
      : await parts.guesses({ workspace, who }, find, (found) => found !== null);
    return { personId };
  });

  mount(e.listShared, async ({ workspace, query, may }) => {
    const index = await identity.inner.indexOf(workspace);
    const offset = offsetCursor(query.cursor);
    const all = index.shared();
    const page = all.slice(offset, offset + query.limit + 1);
    const of = await people.shown(
      workspace,
      page.map((s) => s.node),
      may(REVEAL),
    );
    const rows = page.map((s) => ({ ...of(s.node), personId: index.personOf(s.node), claims: s.claims }));
    return pageFrom(rows, { limit: query.limit, offset }, all.length);
  });

  mount(e.getIdentityRules, ({ workspace }) => rules.get(workspace));
  mount(e.previewIdentityRules, ({ workspace, body }) => rules.preview(workspace, body));
  mount(e.putIdentityRules, async ({ workspace, body, who }) => {
    const { jobId, before } = await rules.put(workspace, { types: body.types }, body.basedOn);
    // Both are kept, so that what held before can be put back; values that say nothing may be somebody's.
    const bare = ({ types }: IdentityRules) => types.map((r) => ({ ...r, blocked: r.blocked.length }));
    await audit.note(workspace, who, 'identity.rules', workspace, {
      before: bare(before),
      after: bare(body),
    });
    return { jobId };
  });

  mount(e.getPersonIdentity, ({ workspace, params, may }) =>
    people.get(workspace, params.personId, may(REVEAL)),
  );
  mount(e.previewSplit, async ({ workspace, params, query, may }) => {
    const sides = await decisions.previewSplit(workspace, params.personId, query.a, query.b);
    const of = await people.shown(
      workspace,
      sides.flatMap((s) => s.nodes),
      may(REVEAL),
    );
    return {
      sides: sides.map((s) => ({
        personId: s.person,
        identifiers: s.nodes.map((node) => {
          const { number, type, value } = of(node);
          return { number, type, value };
        }),
        orders: s.orders,
        events: s.events,
      })),
    };
  });
  mount(e.splitPerson, async ({ workspace, params, body, who }) => {
    const done = await decisions.split(workspace, params.personId, [body.a, body.b], who.name);
    await audit.note(workspace, who, 'identity.split', String(params.personId), { people: done.people });
    return done;
  });
  mount(e.mergePeople, async ({ workspace, params, body, who }) => {
    const done = await decisions.merge(workspace, params.personId, body.with, who.name);
    const merged = [params.personId, body.with];
    await audit.note(workspace, who, 'identity.merge', String(done.personId), { people: merged });
    return done;
  });
  mount(e.listDecisions, async ({ workspace, query, may }) => {
    const offset = offsetCursor(query.cursor);
    const rows = await people.decisions(workspace, { limit: query.limit + 1, offset }, may(REVEAL));
    return pageFrom(rows, { limit: query.limit, offset }, null);
  });
  mount(e.undoDecision, async ({ workspace, params, who }) => {
    const { people: them, verdict } = await decisions.undo(workspace, params.id);
    await audit.note(workspace, who, 'identity.decision_undone', them.join(' '), { verdict });
    return { people: them };
  });

  mount(e.listDuplicates, async ({ workspace, query, may }) => {
    const offset = offsetCursor(query.cursor);
    const total = await review.count(workspace);
    const rows = await review.list(workspace, { limit: query.limit, offset }, may(REVEAL));
    const next = offset + query.limit < total ? cursorOf([offset + query.limit]) : null;
    return { rows, nextCursor: next, total };
  });
  mount(e.decideDuplicate, async ({ workspace, params, body, who }) => {
    const { decisionId, people: them } = await review.decide(workspace, params.id, body.verdict, who.name);
    if (body.verdict !== 'later')
      await audit.note(workspace, who, `identity.review_${body.verdict}`, them.join(' '));
    return { decisionId };
  });
  mount(e.searchDuplicates, async ({ workspace }) => ({
    jobId: await jobs.enqueue({
      workspace,
      kind: FIND_DUPLICATES,
      subject: '',
      payload: {},
      key: `${FIND_DUPLICATES}:${workspace}:now`,
    }),
  }));
}

async function stateOf(
  workspace: string,
  {
    identity,
    rules,
    review,
    folding,
    factTables,
  }: {
    identity: Identity;
    rules: Rules;
    review: Review;
    folding: Folding;
    factTables: readonly string[];
  },
): Promise<IdentityState> {
  const { db, indexOf, decisionsOf } = identity.inner;
  const [index, { isApplying }, toReview, unfolded, decided, run] = await Promise.all([
    indexOf(workspace),
    rules.get(workspace),
    review.count(workspace),
    folding.waiting(workspace),
    decisionsOf(workspace),
    db.selectFrom('identity_run').selectAll().where('workspace', '=', workspace).executeTakeFirst(),
  ]);
  const { people, identifiers, types } = index.count();
  const sum = (of: (t: (typeof types)[number]) => number) => types.reduce((n, t) => n + of(t), 0);
  return {
    people: people - (await identity.nobodies(workspace, factTables)).length,
    identifiers,
    types,
    shared: sum((t) => t.shared),
    refused: sum((t) => t.refused),
    decisions: decided.length,
    toReview,
    unfolded,
    foldedAt: isoOrNull(run?.folded_at ?? null),
    isApplying,
    searchedAt: isoOrNull(run?.searched_at ?? null),
    skippedBlocks: run?.skipped_blocks ?? 0,
  };
}
