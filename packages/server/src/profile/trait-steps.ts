import type { TraitOperation, TraitValue } from '../collect/index.ts';
import { numberIn } from './trait-value.ts';

/** One thing that was done with a trait of a person: set, or changed from what it was. */
export interface TraitStep {
  time: number;
  /** Names the message that said it: said again, it is the same step. */
  id: string;
  operation: TraitOperation | 'set';
  value: TraitValue;
  /** Said by a key that stands in a page. */
  isHeard?: boolean;
}

/** Steps that were only heard count where nothing was told. */
export function stepsThatCount(steps: readonly TraitStep[]): readonly TraitStep[] {
  const told = steps.filter((step) => !step.isHeard);
  return told.length > 0 ? told : steps;
}

/**
 * What a trait is after all that was done with it, by the time it was done and not by when it was heard; null where it
 * was taken away last. Steps of the same moment have their turn by id.
 */
export function foldSteps(steps: readonly TraitStep[]): TraitValue | null {
  const inTurn = [
    ...new Map(steps.map((step) => [`${step.id}\n${step.operation}\n${step.time}`, step])).values(),
  ];
  inTurn.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return inTurn.reduce<TraitValue | null>(afterStep, null);
}

function afterStep(before: TraitValue | null, { operation, value }: TraitStep): TraitValue | null {
  switch (operation) {
    case 'set':
      return value;
    case 'set_once':
      return before ?? value;
    case 'increment':
      return (before === null ? 0 : (numberIn(String(before)) ?? 0)) + Number(value);
    case 'append':
      return JSON.stringify([...new Set([...listIn(before), ...listIn(value)])]);
    case 'unset':
    case 'delete':
      return null;
  }
}

/** The elements of a list as traits keep it: a JSON list in text; another value is its own only element. */
function listIn(value: TraitValue | null): string[] {
  if (value === null) return [];
  const text = String(value);
  if (text.startsWith('['))
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list.map(String);
    } catch {
      // Text that begins like a list.
    }
  return text === '' ? [] : [text];
}
