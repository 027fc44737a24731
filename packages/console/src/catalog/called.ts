import type { KnownName, NameKind } from '@qianmian/contract';
import type { Language } from '../ui/format.ts';

/** What a category, brand or city is called in the reader's language: `called('category', 'GRN TEA')`. */
export type Called = (kind: NameKind, key: string) => string;

/** The name in the reader's language, else the key: other than an id it is a word that the retailer's people know. */
export function wordIn(language: Language, of: { name: string; nameZh: string }, key: string): string {
  return (language === 'zh' ? of.nameZh : of.name).trim() || key;
}

/** The words of the catalogue for one language; a key without a name is its own name. */
export function calledIn(language: Language, names: readonly KnownName[]): Called {
  const known = new Map(names.map((one) => [`${one.kind}:${one.key}`, one]));
  return (kind, key) => {
    const found = known.get(`${kind}:${key}`);
    return found ? wordIn(language, found, key) : key;
  };
}

/** A category path in the reader's language: `Food / Dairy`; events have it as one text, the catalogue as a list. */
export function pathCalled(called: Called, path: readonly string[] | string): string {
  const parts = typeof path === 'string' ? path.split(/\s*[>/]\s*/) : path;
  return parts.map((part) => called('category', part)).join(' / ');
}
