import { type Condition, condition } from '@qianmian/contract';
import { LEAF_KINDS } from './blank.ts';
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

/** A draft as text. What is still to be typed (NaN) becomes null, which no condition holds otherwise. */
export function writeDraft(draft: Draft): string {
  return JSON.stringify(draft);
}

/** The draft a text holds, finished or not; null when it is none that the builder could show. */
export function readDraft(text: string | null): Draft | null {
  if (!text) return null;
  try {
    const read: unknown = JSON.parse(text, (_, value: unknown) => (value === null ? Number.NaN : value));
    const { name, description, condition: root } = read as Partial<Draft>;
    if (typeof name !== 'string' || typeof description !== 'string' || !isTree(root)) return null;
    return { name, description, condition: root };
  } catch {
    return null;
  }
}

/** Whether something is built like a condition, as far as the builder walks through it. */
function isTree(part: unknown): part is Condition {
  if (typeof part !== 'object' || part === null) return false;
  const { kind, of } = part as { kind?: unknown; of?: unknown };
  if (kind === 'all' || kind === 'any') return Array.isArray(of) && of.every(isTree);
  if (kind === 'not') return isTree(of);
  return (LEAF_KINDS as readonly unknown[]).includes(kind);
}
