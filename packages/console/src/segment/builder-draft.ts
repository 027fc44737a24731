import { type Condition, condition } from '@qianmian/contract';
import { TEMPLATES, type Template, templateCondition } from './templates.ts';
import { asRoot } from './tree.ts';

/** A segment as it is being written. */
export interface Draft {
  name: string;
  description: string;
  condition: Condition;
}

const EMPTY: Condition = { kind: 'all', of: [] };

/** The condition an address brings along; null when it holds none that the contract accepts. */
export function conditionInAddress(text: string | undefined): Condition | null {
  if (!text) return null;
  try {
    const read = condition.safeParse(JSON.parse(text));
    return read.success ? asRoot(read.data) : null;
  } catch {
    return null;
  }
}

/** What a new segment begins with: the rule of the address, a template, or nothing asked yet. */
export function firstDraft(
  address: { condition?: string | undefined; template?: Template | undefined; name?: string | undefined },
  minor: (major: number) => number,
  nameOf: (template: Template) => string,
): Draft {
  const given = conditionInAddress(address.condition);
  const { template } = address;
  if (!given && template && TEMPLATES.includes(template))
    return { name: nameOf(template), description: '', condition: templateCondition(template, minor) };
  return { name: address.name ?? '', description: '', condition: given ?? EMPTY };
}
