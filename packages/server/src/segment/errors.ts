import { AppError, notFound } from '../platform/errors.ts';

/**
 * What a condition may be with the segments it refers to: more would make a query no one waits for. Each test of a
 * property of events counts as a part.
 */
export const MAX_LEAVES = 300;
export const MAX_DEPTH = 40;

export const noSegment = (id: string) => notFound('segment', id);

export const unknownReference = (id: string, trail: readonly string[], field: string) =>
  new AppError({
    code: 'segment.unknown_reference',
    status: 400,
    detail: `The condition refers to a segment "${id}" that does not exist here${
      trail.length > 0 ? ` (by way of ${trail.join(' → ')})` : ''
    }.`,
    fields: { [field]: 'does not exist in this workspace' },
  });

export const referenceCycle = (trail: readonly string[], field: string) =>
  new AppError({
    code: 'segment.cycle',
    status: 400,
    detail: `A segment cannot lead back to itself: ${trail.join(' → ')}.`,
    fields: { [field]: `leads back to itself: ${trail.join(' → ')}` },
  });

export const tooLarge = (leaves: number, depth: number) =>
  new AppError({
    code: 'segment.too_large',
    status: 400,
    detail: `With the segments it refers to, the condition has ${leaves} parts, ${depth} levels deep; at most ${MAX_LEAVES} parts and ${MAX_DEPTH} levels can be computed.`,
    fields: { condition: `must have at most ${MAX_LEAVES} parts and ${MAX_DEPTH} levels` },
  });

export const previewReplaced = () =>
  new AppError({
    code: 'segment.preview_replaced',
    status: 409,
    detail: 'You have asked for another preview since; only the newest is computed.',
  });

export const personalTest = (name: string) =>
  new AppError({
    code: 'segment.personal_data',
    status: 403,
    detail: `The condition compares "${name}", which your role sees masked; it may only ask whether there is a value. The permission "customer.reveal" allows more.`,
  });

export const changedMeanwhile = (name: string, by: string, at: string) =>
  new AppError({
    code: 'segment.changed',
    status: 409,
    detail: `"${by}" changed the segment "${name}" at ${at}; look at it again.`,
  });

export const nameTaken = (name: string) =>
  new AppError({
    code: 'segment.name_taken',
    status: 409,
    detail: `There is already a segment named "${name}"; choose another name.`,
    fields: { name: 'is taken' },
  });

export const inUse = (name: string, by: readonly { kind: string; name: string }[]) =>
  new AppError({
    code: 'segment.in_use',
    status: 409,
    detail: `The segment "${name}" is used by ${by.map((u) => `the ${u.kind} "${u.name}"`).join(', ')}; change that first.`,
  });
