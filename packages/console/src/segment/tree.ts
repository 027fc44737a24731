import type { Condition, ConditionLeaf } from '@qianmian/contract';

/**
 * Edits of a condition as pure functions. A place in the tree is the way to it from the root, a child a step; the one
 * child of a `not` is child 0. A leaf that is not finished holds '' or NaN where something is still to be chosen, which
 * the contract's schema refuses.
 */
export type Path = readonly number[];
export type Group = Extract<Condition, { kind: 'all' | 'any' }>;
export type LeafKind = ConditionLeaf['kind'];

export function isGroup(c: Condition): c is Group {
  return c.kind === 'all' || c.kind === 'any';
}

export function isLeaf(c: Condition): c is ConditionLeaf {
  return !isGroup(c) && c.kind !== 'not';
}

/** The parts of a condition: of a group its list, of a `not` the one it turns round, of a leaf none. */
export function childrenOf(c: Condition): readonly Condition[] {
  if (c.kind === 'not') return [c.of];
  return isGroup(c) ? c.of : [];
}

/** The condition at a place; undefined where the way leads nowhere. */
export function at(root: Condition, path: Path): Condition | undefined {
  return path.reduce<Condition | undefined>((c, step) => c && childrenOf(c)[step], root);
}

/** The tree with one place changed. */
export function changeAt(root: Condition, path: Path, change: (c: Condition) => Condition): Condition {
  const [step, ...rest] = path;
  if (step === undefined) return change(root);
  if (root.kind === 'not') return { ...root, of: changeAt(root.of, rest, change) };
  if (!isGroup(root)) return root;
  return { ...root, of: root.of.map((part, n) => (n === step ? changeAt(part, rest, change) : part)) };
}

function changeList(root: Condition, path: Path, change: (list: Condition[]) => Condition[]): Condition {
  return changeAt(root, path, (c) => (isGroup(c) ? { ...c, of: change([...c.of]) } : c));
}

/** Puts a condition into the group at a place. */
export function insertAt(root: Condition, group: Path, index: number, added: Condition): Condition {
  return changeList(root, group, (list) => list.toSpliced(index, 0, added));
}

/** Takes a condition out; a `not` goes with what it turned round. The root stays. */
export function removeAt(root: Condition, path: Path): Condition {
  const parent = path.slice(0, -1);
  const step = path.at(-1);
  if (step === undefined) return root;
  if (at(root, parent)?.kind === 'not') return removeAt(root, parent);
  return changeList(root, parent, (list) => list.toSpliced(step, 1));
}

/** Puts a copy right after a condition. */
export function duplicateAt(root: Condition, path: Path): Condition {
  const step = path.at(-1);
  const original = at(root, path);
  if (step === undefined || !original) return root;
  return insertAt(root, path.slice(0, -1), step + 1, structuredClone(original));
}

/** Moves a condition by some places within its group; nothing changes where there is no room. */
export function moveAt(root: Condition, path: Path, by: number): Condition {
  const step = path.at(-1);
  const moved = at(root, path);
  if (step === undefined || !moved) return root;
  return changeList(root, path.slice(0, -1), (list) => {
    const to = step + by;
    if (to < 0 || to >= list.length) return list;
    return list.toSpliced(step, 1).toSpliced(to, 0, moved);
  });
}

/** Puts a group around a condition. */
export function wrapAt(root: Condition, path: Path, kind: Group['kind']): Condition {
  return changeAt(root, path, (c) => ({ kind, of: [c] }));
}

/** Puts the parts of a group in its place. The root stays a group. */
export function unwrapAt(root: Condition, path: Path): Condition {
  const step = path.at(-1);
  const group = at(root, path);
  if (step === undefined || !group || !isGroup(group)) return root;
  return changeList(root, path.slice(0, -1), (list) => list.toSpliced(step, 1, ...group.of));
}

/** Turns a condition round; turned round twice it is as before. */
export function negateAt(root: Condition, path: Path): Condition {
  return changeAt(root, path, (c) => (c.kind === 'not' ? c.of : { kind: 'not', of: c }));
}

/** How a group asks for its parts; `none` is "not any", `notAll` is "not all". */
export const MODES = ['all', 'any', 'none', 'notAll'] as const;
export type Mode = (typeof MODES)[number];

/** A condition as the editor shows it: what it says, and whether it is turned round. */
export function shown(c: Condition): { inner: Condition; negated: boolean } {
  return c.kind === 'not' ? { inner: c.of, negated: true } : { inner: c, negated: false };
}

export function modeOf(c: Condition): Mode {
  const { inner, negated } = shown(c);
  if (inner.kind === 'any') return negated ? 'none' : 'any';
  return negated ? 'notAll' : 'all';
}

/** The group at a place (or the one a `not` there turns round) asking another way for the same parts. */
export function withMode(c: Condition, mode: Mode): Condition {
  const { inner } = shown(c);
  const of = isGroup(inner) ? inner.of : [inner];
  const group: Group = { kind: mode === 'all' || mode === 'notAll' ? 'all' : 'any', of };
  return mode === 'none' || mode === 'notAll' ? { kind: 'not', of: group } : group;
}

/** Without what is turned round twice; it holds for the same people. */
export function simplify(c: Condition): Condition {
  if (isGroup(c)) return { ...c, of: c.of.map(simplify) };
  if (c.kind !== 'not') return c;
  return c.of.kind === 'not' ? simplify(c.of.of) : { kind: 'not', of: simplify(c.of) };
}

/** A condition the editor can begin with: its root is a group, so that something can be added. */
export function asRoot(c: Condition): Condition {
  const simple = simplify(c);
  return isGroup(simple) ? simple : { kind: 'all', of: [simple] };
}

/** Leaves that are not yet finished are left out, and groups that are nothing but such; null when nothing is left. */
export function prune(c: Condition, isFinished: (leaf: ConditionLeaf) => boolean): Condition | null {
  if (c.kind === 'not') {
    const of = prune(c.of, isFinished);
    return of && { kind: 'not', of };
  }
  if (!isGroup(c)) return isFinished(c) ? c : null;
  if (c.of.length === 0) return c;
  const of = c.of.map((part) => prune(part, isFinished)).filter((part) => part !== null);
  return of.length > 0 ? { ...c, of } : null;
}

/** Every leaf with the way to it, from first to last. */
export function leavesOf(c: Condition, path: Path = []): { leaf: ConditionLeaf; path: Path }[] {
  if (isLeaf(c)) return [{ leaf: c, path }];
  return childrenOf(c).flatMap((part, n) => leavesOf(part, [...path, n]));
}
