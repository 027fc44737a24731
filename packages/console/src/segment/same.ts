import type { Condition } from '@qianmian/contract';

/** Text of data that does not depend on the order in which it was written down. */
function written(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(written).join()}]`;
  if (typeof data !== 'object' || data === null) return JSON.stringify(data) ?? 'null';
  const fields = Object.entries(data).filter(([, value]) => value !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${written(value)}`)
    .join()}}`;
}

/** Whether two conditions are written alike. */
export function sameCondition(a: Condition, b: Condition): boolean {
  return written(a) === written(b);
}

/** A name that no other has: the wished one, or with a number after it. */
export function freeName(wished: string, taken: ReadonlySet<string>): string {
  const base = wished.slice(0, 74);
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base} ${n}`;
    if (!taken.has(name)) return name;
  }
}
