import { columnName, requireFewColumns } from './column-limit.ts';

/** Column names made usable as keys: trimmed, never empty, never twice the same, not too many. */
export function uniqueHeaders(cells: readonly string[]): string[] {
  requireFewColumns(cells.length);
  const taken = new Set<string>();
  const nextNumber = new Map<string, number>();
  return cells.map((cell, i) => {
    const plain = columnName(cell.replace(/^\ufeff/, '').trim());
    const base = plain === '' || plain === '__proto__' ? `column_${i + 1}` : plain;
    let name = base;
    // Twins go on counting where the last one stopped: many columns of one name stay linear.
    let n = nextNumber.get(base) ?? 2;
    for (; taken.has(name); n++) name = `${base}_${n}`;
    nextNumber.set(base, n);
    taken.add(name);
    return name;
  });
}
