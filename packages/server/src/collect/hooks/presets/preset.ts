import type { HookCheck, HookMapping, HookValue } from '@qianmian/contract';

/** What a sender's webhooks become, and how they are checked. A preset that is changed gets the next version. */
export interface HookPreset {
  version: number;
  check: HookCheck;
  mapping: HookMapping;
  /** What the sender wants to hear, where it wants anything. */
  answer?: Record<string, unknown>;
  /** A body as the sender's documentation has it, to be tried with. */
  sample: { headers?: Record<string, string>; body: unknown };
}

/** A fixed text. */
export const is = (text: string | number | boolean): HookValue => ({ const: text });
/** The first of some paths that says something. */
export const first = (...values: HookValue[]): HookValue => ({ first: values });
export const joined = (...values: HookValue[]): HookValue => ({ join: values, with: ':' });
/** A first and a last name as one. */
export const fullName = (from: string): HookValue => ({
  join: [`${from}.first_name`, `${from}.last_name`],
  with: ' ',
});
