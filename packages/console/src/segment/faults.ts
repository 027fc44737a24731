import { type Condition, type ConditionLeaf, condition } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import { at, childrenOf, leavesOf, type Path } from './tree.ts';

/** What is wrong with one part of a condition: the field of that part, and the fault as the contract words it. */
export interface Fault {
  field: string;
  text: string;
}
/** Faults by place, the place written as its steps with dots. */
export type FaultsByPlace = ReadonlyMap<string, readonly Fault[]>;

export const placeKey = (path: Path): string => path.join('.');

/** The place a field of the request belongs to (`condition.of.1.of.0.test.value`), and what is left of the field there. */
export function placeOf(root: Condition, field: string): { path: Path; field: string } | null {
  const steps = field.split('.');
  if (steps.shift() !== 'condition') return null;
  const path: number[] = [];
  let here: Condition | undefined = root;
  while (here && steps[0] === 'of' && childrenOf(here).length > 0) {
    const step: number = here.kind === 'not' ? 0 : Number(steps[1]);
    const next: Condition | undefined = childrenOf(here)[step];
    if (!next) break;
    steps.splice(0, here.kind === 'not' ? 1 : 2);
    path.push(step);
    here = next;
  }
  return { path, field: steps.join('.') };
}

/** Faults of a request sorted to the parts they belong to; what is not about the condition is left out. */
export function faultsByPlace(root: Condition, fields: Record<string, string>): FaultsByPlace {
  const found = new Map<string, Fault[]>();
  for (const [name, text] of Object.entries(fields)) {
    const place = placeOf(root, name);
    if (!place) continue;
    const key = placeKey(place.path);
    found.set(key, [...(found.get(key) ?? []), { field: place.field, text }]);
  }
  return found;
}

/** What the contract says against a condition, before the server is asked. */
export function faultsOf(root: Condition): Record<string, string> {
  const read = condition.safeParse(root);
  if (read.success) return {};
  const fields: Record<string, string> = {};
  for (const issue of read.error.issues) {
    const name = ['condition', ...issue.path].join('.');
    fields[name] ??= issue.message;
  }
  return fields;
}

/** Whether a leaf says all it has to say. */
export function isFinished(leaf: ConditionLeaf): boolean {
  if (leaf.kind === 'trait' && (leaf.test.op === 'is' || leaf.test.op === 'isNot') && leaf.test.value === '')
    return false;
  return condition.safeParse(leaf).success;
}

/** Places of leaves that are not finished. */
export function unfinished(root: Condition): Path[] {
  return leavesOf(root)
    .filter(({ leaf }) => !isFinished(leaf))
    .map(({ path }) => path);
}

const PATTERNS: [RegExp, string][] = [
  [/^leads back to itself: (?<detail>.+)/, 'cycle'],
  [/does not exist in this workspace/, 'gone'],
  [/must be chosen/, 'choose'],
  [/choose at least one|needs at least one/, 'chooseOne'],
  [/must be a (whole )?number$/, 'number'],
  [/must not be empty|must be text|is missing/, 'empty'],
  [/whole number of days/, 'wholeDays'],
  [/at least 1 day/, 'oneDay'],
  [/at most 3650 days/, 'manyDays'],
  [/must not be before/, 'dates'],
  [/must be a day/, 'date'],
  [/property name/, 'property'],
  [/nested deeper/, 'deep'],
  [/at most (?<detail>\d+) parts/, 'large'],
];

/** A fault in the reader's language, where we have words for it. */
export function faultWords(text: string, t: TFunction<'segment'>): string {
  for (const [pattern, key] of PATTERNS) {
    const found = pattern.exec(text);
    if (found)
      return (t as (key: string, values: { detail: string }) => string)(`fault.${key}`, {
        detail: found.groups?.detail ?? '',
      });
  }
  return text;
}

/** Whether a part of the tree still stands where a fault was found; an edit elsewhere may have moved it. */
export function stands(root: Condition, path: Path): boolean {
  return at(root, path) !== undefined;
}
