import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { reasonParts } from './quality-reasons.ts';
import { knownQuarantine } from './reasons.ts';

/** Writes reasons of quality, and of quarantine, in words. */
export function useReasonWords() {
  const { t } = useTranslation('collect');
  const held = useCallback(
    (code: string) => {
      const known = knownQuarantine(code);
      return known ? t(`held.${known}.name`) : code;
    },
    [t],
  );
  const reason = useCallback(
    (code: string) => {
      const parts = reasonParts(code);
      if (!parts) return held(code);
      if (parts.kind === 'plain') return t(`quality.reason.${parts.of}`);
      return t(`quality.reason.${parts.kind}`, { name: held(parts.code) });
    },
    [t, held],
  );
  return useMemo(() => ({ held, reason }), [held, reason]);
}
