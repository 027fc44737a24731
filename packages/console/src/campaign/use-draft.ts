import { api, type Campaign, type CampaignDraft } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refresh, useAction } from '../shell/use-api.ts';
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
import { changesAudience, draftFaults, isSameDraft, versionOf } from './draft.ts';

export type Saving = 'saved' | 'waiting' | 'saving' | 'refused' | 'newer';
type Shared = SharedDraft<CampaignDraft>;

const WAIT_MS = 800;

/**
 * A draft that keeps itself: changes are sent when the typing pauses, one after another, the last state always last.
 * What others change meanwhile is taken over, or asked about where it meets changes that are not kept yet.
 */
export function useDraft(campaign: Campaign, isFresh: boolean) {
  const client = useQueryClient();
  const [shared, setShared] = useState<Shared>(() => beginWith(versionOf(campaign)));
  const [saving, setSaving] = useState<Saving>('saved');
  const latest = useRef(shared);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const chain = useRef<Promise<number | null>>(Promise.resolve(null));
  const set = useCallback((next: Shared) => {
    latest.current = next;
    setShared(next);
  }, []);
  const update = useAction(api.updateCampaign, {
    onRefused: ({ code }) => {
      if (code !== 'campaign.changed') return false;
      void refresh(client, [api.getCampaign]);
      return true;
    },
  });
  const { run, reset } = update;

  /** Keeps what is on screen now; answers the revision that the server then has it under, or null when it has not. */
  const keep = useCallback((): Promise<number | null> => {
    clearTimeout(timer.current);
    const step = async (): Promise<number | null> => {
      const { draft, base, newer } = latest.current;
      if (newer) return null;
      if (!hasOwn(latest.current, isSameDraft)) {
        setSaving('saved');
        return base.revision;
      }
      if (Object.keys(draftFaults(draft)).length > 0) {
        setSaving('refused');
        return null;
      }
      setSaving('saving');
      set({ ...latest.current, sent: draft });
      const answer = await run({ params: { id: campaign.id }, body: { ...draft, revision: base.revision } });
      if (!answer) {
        set({ ...latest.current, sent: null });
        setSaving(latest.current.newer ? 'newer' : 'refused');
        return null;
      }
      set(arrived(latest.current, versionOf(answer)));
      setSaving(latest.current.newer ? 'newer' : hasOwn(latest.current, isSameDraft) ? 'waiting' : 'saved');
      if (changesAudience(base.draft, draft)) void refresh(client, [api.previewAudience]);
      return answer.revision;
    };
    chain.current = chain.current.then(step, step);
    return chain.current;
  }, [campaign.id, client, run, set]);

  const later = useCallback(() => {
    setSaving('waiting');
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void keep(), WAIT_MS);
  }, [keep]);

  const change = useCallback(
    (part: Partial<CampaignDraft>) => {
      set({ ...latest.current, draft: { ...latest.current.draft, ...part } });
      if (!latest.current.newer) later();
    },
    [later, set],
  );

  useTakingOver(campaign, isFresh, (version) => {
    const before = latest.current;
    const now = meet(before, version, isSameDraft);
    if (now === before) return false;
    set(now);
    if (now.newer) {
      clearTimeout(timer.current);
      setSaving('newer');
    }
    if (changesAudience(before.base.draft, version.draft)) void refresh(client, [api.previewAudience]);
    return now.draft !== before.draft;
  });

  const choose = useCallback(
    (whose: 'theirs' | 'mine') => {
      reset();
      set(whose === 'theirs' ? takeTheirs(latest.current) : keepMine(latest.current));
      void keep();
    },
    [keep, reset, set],
  );

  // Leaving the page keeps the last words too.
  useEffect(
    () => () => {
      if (hasOwn(latest.current, isSameDraft)) void keep();
      void refresh(client, [api.listCampaigns, api.getCampaign]);
    },
    [keep, client],
  );

  const { draft, base, newer } = shared;
  const own = useMemo(() => draftFaults(draft), [draft]);
  return { draft, atServer: base.draft, newer, choose, change, keep, saving, own, fields: update.fields };
}
export type DraftState = ReturnType<typeof useDraft>;

/** Shows each version the server answers to the draft, and tells the reader where it changed what they see. */
function useTakingOver(
  campaign: Campaign,
  isFresh: boolean,
  take: (version: ReturnType<typeof versionOf>) => boolean,
): void {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const toast = useToast();
  // What was only remembered from an earlier visit is replaced without a word.
  const wasFresh = useRef(false);
  const now = useRef({ take, t, format, toast });
  now.current = { take, t, format, toast };
  useEffect(() => {
    const { take, t, format, toast } = now.current;
    const version = versionOf(campaign);
    if (take(version) && wasFresh.current)
      toast.note(t('newer.taken', { by: version.by, at: format.dateTime(version.at) }));
    wasFresh.current = isFresh;
  }, [campaign, isFresh]);
}
