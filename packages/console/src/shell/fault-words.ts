/** Faults as the contract and the server word them, and the names of our own sentences for them. */
const PATTERNS: [RegExp, string][] = [
  [/^is taken/, 'taken'],
  [/^is fixed/, 'fixed'],
  [/^is not right/, 'notRight'],
  [/^is needed/, 'needed'],
  [/^(must not be empty|must be chosen|is missing)/, 'missing'],
  [/at least (?<n>\d+) characters?/, 'tooShort'],
  [/at most (?<n>\d+) characters?/, 'tooLong'],
  [/must be at least (?<n>[\d.]+)/, 'tooSmall'],
  [/must be at most (?<n>[\d.]+)/, 'tooLarge'],
  [/must be after the start|must not be before/, 'beforeStart'],
  [/invalid e-?mail|must be an e-?mail/i, 'email'],
];

/** Which sentence says a fault, with the number in it; null for one we have no words for. */
export function faultKey(fault: string): { key: string; n: string } | null {
  for (const [pattern, key] of PATTERNS) {
    const found = pattern.exec(fault);
    if (found) return { key, n: found.groups?.n ?? '' };
  }
  return null;
}
