import { type Condition, condition } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asRoot,
  at,
  changeAt,
  childrenOf,
  duplicateAt,
  insertAt,
  isGroup,
  leavesOf,
  MODES,
  modeOf,
  moveAt,
  negateAt,
  type Path,
  prune,
  removeAt,
  simplify,
  unwrapAt,
  withMode,
  wrapAt,
} from './tree.ts';

const leaf = fc.constantFrom('a', 'b', 'c', 'd').map((tag): Condition => ({ kind: 'tag', tag }));
const tree = fc.letrec<{ any: Condition; group: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    tie('group'),
    tie('any').map((of): Condition => ({ kind: 'not', of })),
  ),
  group: fc
    .tuple(fc.constantFrom('all', 'any'), fc.array(tie('any'), { maxLength: 4 }))
    .map(([kind, of]): Condition => ({ kind: kind as 'all' | 'any', of })),
}));
const root = tree.group;

/** Every place of a tree, the root first. */
function places(c: Condition, path: Path = []): Path[] {
  return [path, ...childrenOf(c).flatMap((part, n) => places(part, [...path, n]))];
}
const rooted = root.chain((c) => fc.tuple(fc.constant(c), fc.constantFrom(...places(c))));
const grouped = root.chain((c) =>
  fc.tuple(fc.constant(c), fc.constantFrom(...places(c).filter((p) => isGroup(at(c, p) as Condition)))),
);

/** Whether a condition holds for who carries these tags. */
function holds(c: Condition, tags: ReadonlySet<string>): boolean {
  if (c.kind === 'all') return c.of.every((part) => holds(part, tags));
  if (c.kind === 'any') return c.of.some((part) => holds(part, tags));
  if (c.kind === 'not') return !holds(c.of, tags);
  return c.kind === 'tag' && tags.has(c.tag);
}
const people = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')).map((tags) => new Set(tags));

describe('edits of a condition', () => {
  it('removing what was added leaves the tree as it was', () => {
    fc.assert(
      fc.property(grouped, tree.any, fc.nat(4), ([c, group], added, n) => {
        const index = Math.min(n, childrenOf(at(c, group) as Condition).length);
        const more = insertAt(c, group, index, added);
        expect(at(more, [...group, index])).toEqual(added);
        expect(removeAt(more, [...group, index])).toEqual(c);
      }),
    );
  });

  it('removing a duplicate leaves the tree as it was', () => {
    fc.assert(
      fc.property(rooted, ([c, path]) => {
        const inGroup = path.length > 0 && isGroup(at(c, path.slice(0, -1)) as Condition);
        if (!inGroup) return;
        const more = duplicateAt(c, path);
        const copy = [...path.slice(0, -1), (path.at(-1) as number) + 1];
        expect(at(more, copy)).toEqual(at(c, path));
        expect(removeAt(more, copy)).toEqual(c);
      }),
    );
  });

  it('moving there and back, wrapping and unwrapping, turning round twice: all change nothing', () => {
    fc.assert(
      fc.property(rooted, ([c, path]) => {
        const place = at(c, path);
        const isTwice = place?.kind === 'not' && place.of.kind === 'not';
        if (!isTwice) expect(negateAt(negateAt(c, path), path)).toEqual(c);
        const parent = path.slice(0, -1);
        if (path.length === 0 || !isGroup(at(c, parent) as Condition)) return;
        expect(unwrapAt(wrapAt(c, path, 'any'), path)).toEqual(c);
        const moved = moveAt(c, path, 1);
        if (moved !== c && childrenOf(at(c, parent) as Condition).length > (path.at(-1) as number) + 1)
          expect(moveAt(moved, [...parent, (path.at(-1) as number) + 1], -1)).toEqual(c);
      }),
    );
  });

  it('an edit changes only the way to its place', () => {
    fc.assert(
      fc.property(rooted, ([c, path]) => {
        const edited = changeAt(c, path, () => ({ kind: 'tag', tag: 'x' }));
        for (const other of places(c)) {
          const touched = other.every((step, n) => n >= path.length || path[n] === step);
          if (!touched) expect(at(edited, other)).toBe(at(c, other));
        }
      }),
    );
  });

  it('what it simplifies or opens for editing still holds for the same people', () => {
    fc.assert(
      fc.property(tree.any, people, (c, tags) => {
        expect(holds(simplify(c), tags)).toBe(holds(c, tags));
        expect(holds(asRoot(c), tags)).toBe(holds(c, tags));
        expect(isGroup(asRoot(c))).toBe(true);
      }),
    );
  });

  it('a group says how it asks, and asks as it is told', () => {
    fc.assert(
      fc.property(root, fc.constantFrom(...MODES), (c, mode) => {
        const asked = withMode(c, mode);
        expect(modeOf(asked)).toBe(mode);
        expect(childrenOf(simplify(asked)).length).toBeGreaterThanOrEqual(0);
        expect(withMode(asked, modeOf(c))).toEqual(c);
      }),
    );
  });

  it('leaves out only what is not finished', () => {
    fc.assert(
      fc.property(root, (c) => {
        const kept = prune(c, (l) => l.kind === 'tag' && l.tag !== 'a');
        const leaves = kept ? leavesOf(kept) : [];
        expect(leaves.map(({ leaf: l }) => l)).toEqual(
          leavesOf(c)
            .map(({ leaf: l }) => l)
            .filter((l) => l.kind === 'tag' && l.tag !== 'a'),
        );
        expect(prune(c, () => true)).toEqual(c);
      }),
    );
  });

  it('never makes of an accepted condition one that the contract refuses, but for depth', () => {
    fc.assert(
      fc.property(rooted, ([c, path]) => {
        for (const edited of [duplicateAt(c, path), removeAt(c, path), moveAt(c, path, -1)])
          expect(condition.safeParse(edited).success).toBe(true);
      }),
    );
  });
});
