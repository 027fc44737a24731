import type { Language } from './format.ts';

/** The name in the reader's language, else the other one, else what it is filed under. */
export function nameIn(language: Language, of: { name: string; nameZh: string }, id: string): string {
  return (language === 'zh' ? of.nameZh || of.name : of.name || of.nameZh) || id;
}
