import { api, type Segment } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refresh } from '../shell/use-api.ts';
import {
  arrived,
  beginWith,
  hasOwn,
  keepMine,
  meet,
  type SharedDraft,
  takeTheirs,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { beginAgain, type Draft, type KeptText, sameDraft, versionOf } from './builder-draft.ts';

/**
 * The version of a segment that a draft was begun from. What others save meanwhile is shown at once, or asked about
 * where it meets changes of one's own.
 */
export function useBase(
  segment: Segment | null,
  draft: Draft,
  kept: KeptText | null,
  show: (draft: Draft) => void,
) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const toast = useToast();
  const client = useQueryClient();
  const [base, setBase] = useState<SharedDraft<Draft> | null>(() =>
    segment ? beginAgain(versionOf(segment), kept) : null,
  );
  const shared = base && { ...base, draft };

  const now = useRef({ shared, show, t, format, toast });
  now.current = { shared, show, t, format, toast };
  useEffect(() => {
    const { shared, show, t, format, toast } = now.current;
    if (!segment || !shared) return;
    const version = versionOf(segment);
    const met = meet(shared, version, sameDraft);
    if (met === shared) return;
    setBase(met);
    if (met.draft === shared.draft) return;
    show(met.draft);
    toast.note(t('newer.taken', { by: version.by, at: format.dateTime(version.at) }));
  }, [segment]);

  const choose = (whose: 'theirs' | 'mine') => {
    if (!shared) return;
    const chosen = whose === 'theirs' ? takeTheirs(shared) : keepMine(shared);
    setBase(chosen);
    if (chosen.draft !== draft) show(chosen.draft);
  };
  const onSaved = (saved: Segment) =>
    setBase((before) => (before ? arrived(before, versionOf(saved)) : beginWith(versionOf(saved))));
  const onRefused = useCallback(
    ({ code }: { code: string }) => {
      if (code !== 'segment.changed') return false;
      void refresh(client, [api.getSegment]);
      return true;
    },
    [client],
  );
  return {
    revision: base?.base.revision ?? null,
    newer: base?.newer ?? null,
    /** Whether anything was written that is not saved; null where nothing was ever saved. */
    isDirty: shared && hasOwn(shared, sameDraft),
    choose,
    onSaved,
    onRefused,
  };
}
