import { type Condition, conditionDepth, segmentsIn } from '@qianmian/contract';
import { MAX_DEPTH, MAX_LEAVES, referenceCycle, tooLarge, unknownReference } from './errors.ts';

/** Segments a condition refers to, directly or through others, by id. */
export type Definitions = ReadonlyMap<string, { name: string; condition: Condition }>;

/** Where in a condition a segment is referred to, as a path of fields: `of.1.of.0.segment`. */
export function pathOfReference(c: Condition, segment: string): string | null {
  if (c.kind === 'segment') return c.segment === segment ? 'segment' : null;
  if (c.kind === 'not') {
    const inner = pathOfReference(c.of, segment);
    return inner === null ? null : `of.${inner}`;
  }
  if (c.kind !== 'all' && c.kind !== 'any') return null;
  for (const [i, part] of c.of.entries()) {
    const inner = pathOfReference(part, segment);
    if (inner !== null) return `of.${i}.${inner}`;
  }
  return null;
}

interface Size {
  leaves: number;
  depth: number;
}

/**
 * Checks what a condition refers to among all segments of its workspace: every one must exist, none may lead back to
 * itself (`self` is the segment that is being saved), and the whole must stay of a size that can be computed.
 */
export function checkReferences(
  condition: Condition,
  all: Definitions,
  self: { id: string; name: string } | null = null,
): void {
  const sizes = new Map<string, Size>();

  function sizeOf(c: Condition, trail: readonly { id: string; name: string }[]): Size {
    if (c.kind === 'not') return deeper([sizeOf(c.of, trail)]);
    if (c.kind === 'all' || c.kind === 'any') return deeper(c.of.map((part) => sizeOf(part, trail)));
    if (c.kind === 'segment') return sizeOfSegment(c.segment, trail);
    return { leaves: 1 + (c.kind === 'events' ? (c.where?.length ?? 0) : 0), depth: 1 };
  }

  function sizeOfSegment(id: string, trail: readonly { id: string; name: string }[]): Size {
    const known = sizes.get(id);
    if (known) return known;
    const field = `condition.${pathOfReference(condition, trail.find((t) => t.id !== self?.id)?.id ?? id) ?? 'segment'}`;
    const definition = all.get(id);
    if (!definition)
      throw unknownReference(
        id,
        trail.map((t) => t.name),
        field,
      );
    const here = [...trail, { id, name: definition.name }];
    if (trail.some((t) => t.id === id))
      throw referenceCycle(
        here.map((t) => t.name),
        field,
      );
    const size = sizeOf(definition.condition, here);
    sizes.set(id, size);
    return size;
  }

  const deeper = (parts: readonly Size[]): Size => ({
    leaves: parts.reduce((n, p) => n + p.leaves, 0),
    depth: 1 + parts.reduce((n, p) => Math.max(n, p.depth), 0),
  });

  const size = sizeOf(condition, self ? [self] : []);
  if (size.leaves > MAX_LEAVES || size.depth > MAX_DEPTH)
    throw tooLarge(size.leaves, Math.max(size.depth, conditionDepth(condition)));
}

/** Ids of the segments that refer to one of these, directly or through others. */
export function dependants(id: string, all: Definitions): string[] {
  const found = new Set<string>();
  const visit = (of: string) => {
    for (const [other, { condition }] of all)
      if (!found.has(other) && segmentsIn(condition).includes(of)) {
        found.add(other);
        visit(other);
      }
  };
  visit(id);
  return [...found];
}
