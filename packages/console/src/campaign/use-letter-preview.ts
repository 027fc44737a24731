import { api, type EmailContent } from '@qianmian/contract';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../shell/api.ts';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import { useFormat } from '../ui/index.ts';
import { readTemplateFault } from './template-faults.ts';

const WAIT_MS = 350;

/** The letter as someone would see it, asked for when the typing pauses; its faults by field while it cannot be read. */
export function useLetterPreview(email: EmailContent, couponId: string | null) {
  const [personId, setPersonId] = useState<number | null>(null);
  const canRead = useCan('campaign.read');
  // Anyone will do, but the same one while the letter is being written.
  const anyone = useRef<number | null>(null);
  const asked = useLater(
    useMemo(() => ({ email, couponId, personId: personId ?? anyone.current }), [email, couponId, personId]),
  );
  const whole = Boolean(asked.email.subject.trim() && asked.email.body.trim() && asked.email.fromName.trim());
  const query = useApi(
    api.previewMessage,
    { body: asked },
    { keep: true, enabled: canRead && whole, staleMs: 60_000 },
  );
  const { error, isError } = query;
  if (personId === null && query.data) anyone.current = query.data.personId;
  const words = useTemplateFaultWords();
  const faults = useMemo<Record<string, string>>(() => {
    if (!isError || !(error instanceof ApiProblem)) return {};
    return Object.fromEntries(Object.entries(error.fields).map(([field, fault]) => [field, words(fault)]));
  }, [isError, error, words]);
  // While the template cannot be read, the last letter that could be stays in sight.
  const last = useRef(query.data);
  if (query.data) last.current = query.data;
  return { data: query.data ?? last.current, error, isError, faults, personId, setPersonId };
}
export type LetterPreview = ReturnType<typeof useLetterPreview>;

/** A value once it has stood still for a moment. */
function useLater<T>(value: T): T {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), WAIT_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return later;
}

/** A fault of a template in the reader's language; the server's own sentence where we have none. */
function useTemplateFaultWords() {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  return useCallback(
    (text: string): string => {
      const fault = readTemplateFault(text);
      switch (fault.kind) {
        case 'unknownField': {
          const names = format.list(fault.names);
          return fault.nearest
            ? t('fault.nearest', { names, nearest: fault.nearest })
            : t('fault.unknownField', { names });
        }
        case 'noValue':
          return t('fault.noValue', { field: fault.field });
        case 'notClosed':
          return t('fault.notClosed', { line: fault.line });
        case 'unknownTag':
          return t('fault.unknownTag', { tag: `{% ${fault.name} %}`, line: fault.line });
        case 'incomplete':
          return t('fault.incomplete', { part: fault.part, line: fault.line });
        case 'unreadable':
          return t('fault.unreadable', { example: '{{ customer.firstName }}', line: fault.line });
        case 'unknownFilter':
          return t('fault.unknownFilter', { name: fault.name, example: '| default: "…"' });
        case 'tooMuch':
          return t('fault.tooMuch');
        case 'addressField':
        case 'address':
          return t(`fault.${fault.kind}`, { address: fault.address });
        case 'other':
          return fault.text;
      }
    },
    [t, format],
  );
}
