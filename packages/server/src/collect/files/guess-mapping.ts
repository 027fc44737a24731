import type { Mapping } from './mapping.ts';
export function guessMapping(): Mapping {
  throw new Error('later');
}
