import { type Condition, condition, type Segment } from '@qianmian/contract';
import { beginWith, type SharedDraft, type Version } from '../ui/shared-draft.ts';
import { LEAF_KINDS } from './blank.ts';
import { sameCondition } from './same.ts';
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
export function writeDraft(draft: Draft, revision: number | null): string {
  return JSON.stringify({ ...draft, revision });
}

/** A draft that was kept, and the revision of the segment it was begun from. */
export interface KeptText {
  draft: Draft;
  revision: number | null;
}

/** A segment as the draft of it that the server has. */
export function versionOf(segment: Segment): Version<Draft> {
  const { name, description, condition: rule, revision, updatedBy, updatedAt } = segment;
  const draft = { name, description, condition: asRoot(rule) };
  return { revision, draft, by: updatedBy, at: updatedAt };
}

/** Whether two drafts are saved as the same one. */
export function sameDraft(a: Draft, b: Draft): boolean {
  return (
    a.name.trim() === b.name.trim() &&
    a.description.trim() === b.description.trim() &&
    sameCondition(a.condition, b.condition)
  );
}

/** In which of its parts two drafts differ. */
export function differencesOf(a: Draft, b: Draft): ('name' | 'description' | 'condition')[] {
  return (['name', 'description', 'condition'] as const).filter(
    (part) => !sameDraft({ ...a, [part]: b[part] }, a),
  );
}

/** A draft that was kept over a reload: what others saved since it was begun stands against it. */
export function beginAgain(version: Version<Draft>, kept: KeptText | null): SharedDraft<Draft> {
  const fresh = beginWith(version);
  if (!kept) return fresh;
  const isBehind = kept.revision !== null && kept.revision < version.revision;
  return isBehind && !sameDraft(kept.draft, version.draft)
    ? { ...fresh, draft: kept.draft, base: { ...version, revision: kept.revision! }, newer: version }
    : { ...fresh, draft: kept.draft };
}

/** The draft a text holds, finished or not; null when it is none that the builder could show. */
export function readDraft(text: string | null): KeptText | null {
  if (!text) return null;
  try {
    const read: unknown = JSON.parse(text, (_, value: unknown) => (value === null ? Number.NaN : value));
    const { name, description, condition: root, revision } = read as Partial<Draft & { revision: number }>;
    if (typeof name !== 'string' || typeof description !== 'string' || !isTree(root)) return null;
    const begun = Number.isInteger(revision) ? (revision ?? null) : null;
    return { draft: { name, description, condition: root }, revision: begun };
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
