/** One step of a pattern: a character, anything within a folder, anything at all, or folders that may be missing. */
type Step = { is: 'char'; char: string } | { is: 'name' | 'any' | 'folders' | 'inFolders' };

/**
 * Whether paths have a form: `*` stands for anything within a folder, `**` for any folders. All ways to match are
 * followed side by side, a bit for each step of the pattern, so that no pattern takes longer than its length says:
 * expressions that go back and try again can be made to take hours (ADR 19).
 */
export function globOf(pattern: string): { prefix: string; matches: (path: string) => boolean } {
  const star = pattern.indexOf('*');
  const prefix = star < 0 ? pattern : pattern.slice(0, star);
  return { prefix, matches: matcherOf(stepsOf(pattern)) };
}

function stepsOf(pattern: string): Step[] {
  const steps: Step[] = [];
  for (const [found] of pattern.matchAll(/\*\*\/|\*\*|\*|[^*]/gs)) {
    const last = steps.at(-1)?.is;
    if (found === '**') {
      // What `**` takes in, wildcards beside it take in for it.
      while (steps.length > 0 && steps.at(-1)!.is !== 'char') steps.pop();
      steps.push({ is: 'any' });
    } else if (found === '**/') {
      if (last !== 'any' && last !== 'inFolders') steps.push({ is: 'folders' }, { is: 'inFolders' });
    } else if (found === '*') {
      if (last !== 'any') steps.push({ is: 'name' });
    } else for (const char of found.split('')) steps.push({ is: 'char', char });
  }
  return steps;
}

function matcherOf(steps: readonly Step[]): (path: string) => boolean {
  const words = (steps.length >> 5) + 1;
  const bitsWhere = (has: (step: Step) => boolean) => {
    const bits = new Int32Array(words);
    for (const [i, step] of steps.entries()) if (has(step)) bits[i >> 5]! |= 1 << (i & 31);
    return bits;
  };
  const none = new Int32Array(words);
  const byChar = new Map<string, Int32Array>();
  for (const step of steps)
    if (step.is === 'char' && !byChar.has(step.char))
      byChar.set(
        step.char,
        bitsWhere((other) => other.is === 'char' && other.char === step.char),
      );
  const names = bitsWhere(({ is }) => is === 'name');
  const kept = bitsWhere(({ is }) => is === 'any' || is === 'inFolders');
  const foldersEnd = bitsWhere(({ is }) => is === 'inFolders');
  // Where a step may take nothing: its follower is reached with it. Folders are entered, or left out with what is in them.
  const skipped = bitsWhere(({ is }) => is === 'name' || is === 'any' || is === 'folders');
  const leftOut = bitsWhere(({ is }) => is === 'folders');

  /** Adds what is reached without a character; at most folders and a name stand side by side. */
  const close = (at: Int32Array): void => {
    for (let pass = 0; pass < 2; pass++) {
      let [one, two] = [0, 0];
      for (let w = 0; w < words; w++) {
        const [skip, out] = [at[w]! & skipped[w]!, at[w]! & leftOut[w]!];
        at[w]! |= (skip << 1) | one | (out << 2) | two;
        [one, two] = [skip >>> 31, out >>> 30];
      }
    }
  };

  const first = new Int32Array(words);
  first[0] = 1;
  close(first);
  return (path) => {
    let at = first;
    let next = new Int32Array(words);
    let spare = new Int32Array(words);
    for (let i = 0; i < path.length; i++) {
      const char = path[i]!;
      const isEnd = char === '/';
      const taking = byChar.get(char) ?? none;
      let carry = 0;
      let left = 0;
      for (let w = 0; w < words; w++) {
        const now = at[w]!;
        const on = now & (taking[w]! | (isEnd ? foldersEnd[w]! : 0));
        next[w] = (on << 1) | carry | (now & (kept[w]! | (isEnd ? 0 : names[w]!)));
        carry = on >>> 31;
        left |= next[w]!;
      }
      if (left === 0) return false;
      close(next);
      [at, next, spare] = [next, spare, next];
    }
    return ((at[steps.length >> 5]! >> (steps.length & 31)) & 1) === 1;
  };
}
