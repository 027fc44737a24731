/**
 * How a person is called: the name given whole, else given and family name joined as their script does it (王 + 小明 is
 * 王小明, Ann + Lee is Ann Lee), else ''.
 */
export function personName(traits: { name?: string; firstName?: string; lastName?: string }): string {
  const whole = (traits.name ?? '').trim();
  if (whole) return whole;
  const first = (traits.firstName ?? '').trim();
  const last = (traits.lastName ?? '').trim();
  return /\p{Script=Han}/u.test(first + last) ? last + first : `${first} ${last}`.trim();
}

/** The same as a ClickHouse expression over three expressions of text that carry no space at their ends. */
export function personNameSql(name: string, firstName: string, lastName: string): string {
  return `multiIf(${name} != '', ${name},
    match(concat(${firstName}, ${lastName}), '\\\\p{Han}'), concat(${lastName}, ${firstName}),
    trimBoth(concat(${firstName}, ' ', ${lastName})))`;
}
