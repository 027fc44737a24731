/** What is wrong with a template, read from the server's sentence. */
export type TemplateFault =
  | { kind: 'unknownField'; names: string[]; nearest: string | null }
  | { kind: 'noValue'; field: string }
  | { kind: 'notClosed'; line: number }
  | { kind: 'unknownTag'; name: string; line: number }
  | { kind: 'incomplete'; part: string; line: number }
  | { kind: 'unreadable'; line: number }
  | { kind: 'unknownFilter'; name: string }
  | { kind: 'tooMuch' }
  | { kind: 'addressField'; address: string }
  | { kind: 'address'; address: string }
  | { kind: 'other'; text: string };

/** Reads the server's sentence about a template, so that it can be said in the reader's language. */
export function readTemplateFault(text: string): TemplateFault {
  const unknown = /^(".+?") (?:is no field|are no fields); there are (.+?)\.?$/.exec(text);
  if (unknown) {
    const names = (unknown[1] ?? '').split(', ').map((name) => name.replaceAll('"', ''));
    return { kind: 'unknownField', names, nearest: nearest(names[0] ?? '', (unknown[2] ?? '').split(', ')) };
  }
  const noValue = /"([\w.]+)" has no value/.exec(text)?.[1];
  if (noValue) return { kind: 'noValue', field: noValue };
  const line = Number(/\(line (\d+)/.exec(text)?.[1] ?? 0);
  const tag = /there is no tag "(.*?)"/.exec(text)?.[1];
  if (tag) return { kind: 'unknownTag', name: tag, line };
  const filter = /there is no filter "(.*?)"/.exec(text)?.[1];
  if (filter) return { kind: 'unknownFilter', name: filter };
  if (text.includes('too much work')) return { kind: 'tooMuch' };
  const address = /^the address "(.*?)"? (may hold|is not|must|is longer)/.exec(text);
  if (address)
    return { kind: address[2] === 'may hold' ? 'addressField' : 'address', address: address[1] ?? '' };
  if (line === 0) return { kind: 'other', text };
  if (/not closed/.test(text)) return { kind: 'notClosed', line };
  // What the template language says in its own terms is of no use to who writes letters: the place is.
  const part = /"(\{%.*?%\})" is not complete/.exec(text)?.[1];
  return part ? { kind: 'incomplete', part, line } : { kind: 'unreadable', line };
}

/** The name most like another, when it is like enough to be a slip of the hand. */
export function nearest(name: string, known: readonly string[]): string | null {
  const [best] = known
    .map((one) => ({ one, steps: distance(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, Math.floor(name.length / 4)) ? best.one : null;
}

/** Signs to insert, delete or change to make one text of another (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
