import type { TraitValue } from '../collect/index.ts';

/** A value's text as conditions compare it: without regard to case. */
export function foldText(text: string): string {
  return text.toLowerCase();
}

/** How plain decimal numbers are written; JavaScript and RE2 read it alike. */
export const NUMBER_PATTERN = '^-?[0-9]{1,300}([.][0-9]{1,300})?(e[+-]?[0-9]{1,3})?$';
const NUMBER = new RegExp(NUMBER_PATTERN);

/** The number a text reads as; null when it is none. */
export function numberIn(text: string): number | null {
  if (!NUMBER.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** The form in which a value is kept: its type, its text without space at the ends, the text folded, its number. */
export function traitColumns(value: TraitValue) {
  const text = String(value).trim();
  return {
    type: typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean'),
    text,
    folded: foldText(text),
    number: numberIn(text),
  };
}

/** The value back from its type and text. */
export function traitValue(type: string, text: string): TraitValue {
  if (type === 'number') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}
