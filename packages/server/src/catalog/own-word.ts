/** What one origin said itself of a thing, by field: the value, and the version it was said at. */
export type OwnWord = Record<string, [value: unknown, version: number]>;

/** The word of an origin that says more now, and whether any of it is new of it. */
export function sayOwn(
  before: OwnWord,
  fields: Record<string, unknown>,
  version: number,
): { own: OwnWord; isNew: boolean } {
  const own = { ...before };
  let isNew = false;
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    isNew ||= JSON.stringify(before[field]?.[0]) !== JSON.stringify(value);
    own[field] = [value, version];
  }
  return { own, isNew };
}

/** What several origins say together: of each field, what was said last. */
export function joinWords(words: readonly OwnWord[]): Record<string, unknown> {
  const last: OwnWord = {};
  for (const word of words)
    for (const [field, said] of Object.entries(word))
      if (said[1] >= (last[field]?.[1] ?? 0)) last[field] = said;
  return Object.fromEntries(Object.entries(last).map(([field, [value]]) => [field, value]));
}
