import { api, type EmailContent } from '@qianmian/contract';
import { useEffect, useMemo, useState } from 'react';
import { ApiProblem } from '../shell/api.ts';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';

const WAIT_MS = 350;

/** The letter as someone would see it, asked for when the typing pauses; its faults by field while it cannot be read. */
export function useLetterPreview(email: EmailContent, couponId: string | null) {
  const [personId, setPersonId] = useState<number | null>(null);
  const canRead = useCan('campaign.read');
  const asked = useLater(useMemo(() => ({ email, couponId, personId }), [email, couponId, personId]));
  const whole = Boolean(asked.email.subject.trim() && asked.email.body.trim() && asked.email.fromName.trim());
  const query = useApi(
    api.previewMessage,
    { body: asked },
    { keep: true, enabled: canRead && whole, staleMs: 60_000 },
  );
  const { error, isError } = query;
  const faults = useMemo<Record<string, string>>(
    () => (isError && error instanceof ApiProblem ? error.fields : {}),
    [isError, error],
  );
  return { data: query.data, error, isError, faults, personId, setPersonId };
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
