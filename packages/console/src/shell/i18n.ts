import { createInstance } from 'i18next';
import { useCallback } from 'react';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '../ui/format.ts';
import { readKept } from '../ui/kept.ts';
import { chinese, english, type TextKey, type TextValues } from './locales.ts';

/** Chosen before, else what the browser asks for, else Chinese where the first wish is neither. */
export function firstLanguage(kept: string | null, wished: readonly string[]): Language {
  if (kept === 'zh' || kept === 'en') return kept;
  for (const wish of wished) {
    if (/^zh\b/i.test(wish)) return 'zh';
    if (/^en\b/i.test(wish)) return 'en';
  }
  return 'en';
}

/** Both languages are part of the page, so that switching is immediate. */
export function createI18n(language: Language) {
  const instance = createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: english, zh: chinese },
    ns: Object.keys(english),
    defaultNS: 'shell',
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return instance;
}

export const languageAtStart = (): Language => firstLanguage(readKept('language'), navigator.languages);

/** Writes texts that were named before they are shown (titles of pages, labels of actions). */
export function useText() {
  const { t } = useTranslation();
  return useCallback(
    (key: TextKey, values?: TextValues): string =>
      (t as (key: string, values?: TextValues) => string)(key, values),
    [t],
  );
}
