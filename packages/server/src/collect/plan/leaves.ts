import { isObject } from '../storable.ts';

/** Leaves of nested properties by their dotted paths; a list is a leaf. */
export function* flatLeaves(from: Record<string, unknown>, prefix = ''): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(from)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(value)) yield* flatLeaves(value, path);
    else if (value !== null && value !== undefined) yield [path, value];
  }
}
