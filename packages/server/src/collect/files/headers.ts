/** Column names made usable as keys: trimmed, never empty, never twice the same. */
export function uniqueHeaders(cells: readonly string[]): string[] {
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const base = cell.replace(/^\ufeff/, '').trim();
    let name = base === '' || base === '__proto__' ? `column_${i + 1}` : base;
    for (let n = 2; taken.has(name); n++) name = `${base || `column_${i + 1}`}_${n}`;
    taken.add(name);
    return name;
  });
}
