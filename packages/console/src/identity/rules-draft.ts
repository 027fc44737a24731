import type { IdentifierRule, IdentityRules } from '@qianmian/contract';

/** Rules with one type changed. */
export function withRule(rules: IdentityRules, type: string, change: Partial<IdentifierRule>): IdentityRules {
  return { types: rules.types.map((rule) => (rule.type === type ? { ...rule, ...change } : rule)) };
}

/** Rules with one type a place stronger (-1) or weaker (1). */
export function moved(rules: IdentityRules, type: string, by: -1 | 1): IdentityRules {
  const at = rules.types.findIndex((rule) => rule.type === type);
  const other = at + by;
  if (at < 0 || other < 0 || other >= rules.types.length) return rules;
  const types = [...rules.types];
  [types[at], types[other]] = [types[other] as IdentifierRule, types[at] as IdentifierRule];
  return { types };
}

/** Whether two sets of rules say the same. */
export function sameRules(a: IdentityRules, b: IdentityRules): boolean {
  const bare = ({ types }: IdentityRules) =>
    JSON.stringify(
      types.map(({ type, joins, perPerson, perPeriod, sharedFrom, blocked }) => [
        type,
        joins,
        perPerson,
        perPeriod?.count,
        perPeriod?.days,
        sharedFrom,
        blocked,
      ]),
    );
  return bare(a) === bare(b);
}

/** Values as people type them, one a line or parted by commas, each once. */
export function blockedValues(text: string): string[] {
  return [...new Set(text.split(/[\n,，;；]/).map((value) => value.trim().toLowerCase()))].filter(Boolean);
}
