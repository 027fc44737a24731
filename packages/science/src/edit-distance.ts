/**
 * How many signs must be put in, taken out, replaced or swapped with their neighbour to make one text the other (optimal
 * string alignment; F. J. Damerau, CACM 7, 1964), as code points. Answers `limit + 1` as soon as it is more than `limit`.
 */
export function editDistance(a: Uint32Array, b: Uint32Array, limit: number): number {
  if (a.length > b.length) return editDistance(b, a, limit);
  if (b.length - a.length > limit) return limit + 1;
  const width = a.length + 1;
  let beforeLast = new Uint32Array(width);
  let last = Uint32Array.from({ length: width }, (_, i) => i);
  let now = new Uint32Array(width);
  for (let j = 1; j <= b.length; j++) {
    now[0] = j;
    let least = j;
    for (let i = 1; i <= a.length; i++) {
      const isSame = a[i - 1] === b[j - 1];
      let best = Math.min(last[i]! + 1, now[i - 1]! + 1, last[i - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[i - 2]! + 1);
      now[i] = best;
      if (best < least) least = best;
    }
    // A swap reaches back two rows: it costs one at least.
    if (least > limit + 1) return limit + 1;
    [beforeLast, last, now] = [last, now, beforeLast];
  }
  return Math.min(last[a.length]!, limit + 1);
}

/** The code points of a text. */
export function pointsOf(text: string): Uint32Array {
  return Uint32Array.from(text, (sign) => sign.codePointAt(0)!);
}
