import { Liquid, type Template } from 'liquidjs';
import { RecipientFault } from './errors.ts';

/** Values a template can name, as text; a field that is absent here has no value. */
export interface Fields {
  customer: Record<string, string | number | boolean>;
  coupon: Record<string, string>;
  shop: Record<string, string>;
}

/**
 * Signs of our own inside texts, from Unicode's private use area: they never come from outside (`plain` takes them
 * out), so what a customer is called can be neither a link nor markup.
 */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const LINE = '\uE002';
export const LINK_START = '\uE003';
export const LINK_END = '\uE004';

/** Control signs, private-use signs, halves of signs, and those that turn the direction of what follows. */
const UNWANTED = /(?!\n)[\p{Cc}\p{Co}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** Text without signs that are not text; line ends are kept. */
export function plain(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\t', ' ').replace(UNWANTED, '');
}

/** What a value looks like inside a text whose markup is read after it was put in: no sign of it can be markup. */
function guarded(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  return plain(text).replaceAll('[', OPEN).replaceAll(']', CLOSE).replaceAll('\n', LINE);
}

/** Puts the guarded signs back, once the markup was read. */
export function unguarded(text: string): string {
  return text.replaceAll(OPEN, '[').replaceAll(CLOSE, ']').replaceAll(LINE, ' ');
}

const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  // `default` and `if` may ask for a field that this person has no value for.
  lenientIf: true,
  outputEscape: guarded,
  // No template names another one: nothing is read from disk.
  templates: {},
  parseLimit: 60_000,
  renderLimit: 1000,
  memoryLimit: 200_000,
});
for (const tag of ['include', 'render', 'layout', 'block', 'tablerow'])
  delete (engine.tags as Record<string, unknown>)[tag];
delete (engine.filters as Record<string, unknown>).raw;

export type Parsed = Template[];

/** Parses a template; throws liquidjs's own error with line and column. */
export function parse(source: string): Parsed {
  return engine.parse(source);
}

/** Every field a template names, as written: `customer.firstName`. */
export function fieldsIn(template: Parsed): string[] {
  const names = engine
    .globalVariableSegmentsSync(template)
    .map((segments) => segments.map((s) => (Array.isArray(s) ? '[…]' : String(s))).join('.'));
  return [...new Set(names)];
}

/** The text for one person, values guarded. A field without a value and without `default` is a RecipientFault. */
export function render(template: Parsed, fields: Fields): string {
  try {
    return engine.renderSync(template, fields, { templateLimit: 20_000 }) as string;
  } catch (error) {
    throw new RecipientFault(faultWords(error));
  }
}

/** A liquidjs error in a sentence of ours. */
export function faultWords(error: unknown): string {
  const text = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  const missing = /undefined variable: ([^,]+)/.exec(text)?.[1];
  if (missing) return `"${missing}" has no value for this person; write {{ ${missing} | default: "…" }}.`;
  if (/limit exceeded/.test(text)) return 'The template does too much work.';
  const [, line, column] = /line:\s?(\d+), col:\s?(\d+)/.exec(text) ?? [];
  const where = line ? ` (line ${line}, column ${column})` : '';
  return `${partWords(text)}${where}.`;
}

/** Which part of a template is at fault, by what the engine says of it. */
function partWords(text: string): string {
  const tag = /tag "([^"]*)" not found/.exec(text)?.[1];
  if (tag !== undefined) return `there is no tag "${tag}"`;
  const filter = /undefined filter: ([^,\s]+)/.exec(text)?.[1];
  if (filter) return `there is no filter "${filter}"`;
  const open = /(?:output|tag) "?(.*?)"? not closed/.exec(text)?.[1];
  if (open) return `"${open}" is not closed`;
  const [part] = /\{%.*?%\}|\{\{.*?\}\}/.exec(text) ?? [];
  return part ? `"${part}" is not complete` : 'this cannot be read';
}
