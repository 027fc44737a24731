import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorWords } from '../ui/states.tsx';
import { ApiProblem } from './api.ts';
import { faultKey } from './fault-words.ts';
import { chineseProblem } from './problem-words.zh.ts';

/** What the reader is told, by what went wrong: the name of one of our own sentences, or the server's. */
export function problemKey(
  problem: ApiProblem,
): 'network' | 'answer' | 'forbidden' | 'gone' | 'busy' | 'server' | null {
  if (problem.code === 'network') return 'network';
  if (problem.code === 'answer') return 'answer';
  if (problem.status === 403) return 'forbidden';
  if (problem.status === 429) return 'busy';
  if (problem.status >= 500) return 'server';
  return problem.status === 404 ? 'gone' : null;
}

/** A sentence for an error, in the reader's language where we have one, else as the server says it. */
export function useProblemWords() {
  const { t, i18n } = useTranslation('shell');
  return useCallback(
    (error: unknown): ErrorWords => {
      if (!(error instanceof ApiProblem)) return { text: t('problem.unknown') };
      const known = `problem.code.${error.code.replaceAll('.', '_')}`;
      if (i18n.exists(known, { ns: 'shell' })) return { text: (t as (key: string) => string)(known) };
      const chinese = i18n.language.startsWith('zh') ? chineseProblem(error.code, error.message) : null;
      if (chinese) return { forbidden: error.status === 403, text: chinese };
      const key = problemKey(error);
      return {
        forbidden: key === 'forbidden',
        title: key === 'gone' ? t('problem.goneTitle') : undefined,
        text: key ? t(`problem.${key}`) : error.message,
      };
    },
    [t, i18n],
  );
}

/** Faults by field in the reader's language, where we have words for them. */
export function useFaultWords() {
  const { t } = useTranslation('shell');
  return useCallback(
    (fields: Record<string, string>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(fields).map(([field, fault]) => {
          const known = faultKey(fault);
          return [
            field,
            known ? (t as (key: string, n: { n: string }) => string)(`fault.${known.key}`, known) : fault,
          ];
        }),
      ),
    [t],
  );
}
