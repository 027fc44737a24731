import { api, type Campaign, type CampaignDraft } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { refresh, useAction } from '../shell/use-api.ts';
import { changesAudience, draftFaults, draftOf } from './draft.ts';

export type Saving = 'saved' | 'waiting' | 'saving' | 'refused';

const WAIT_MS = 800;

/** A draft that keeps itself: changes are sent when the typing pauses, one after another, the last state always last. */
export function useDraft(campaign: Campaign) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(campaign));
  const [saving, setSaving] = useState<Saving>('saved');
  const [atServer, setAtServer] = useState(draft);
  const latest = useRef(draft);
  const kept = useRef(draft);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const chain = useRef<Promise<boolean>>(Promise.resolve(true));
  const update = useAction(api.updateCampaign);
  const { run } = update;

  /** Keeps what is on screen now; answers whether the server has it. */
  const keep = useCallback((): Promise<boolean> => {
    clearTimeout(timer.current);
    const step = async (): Promise<boolean> => {
      const sent = latest.current;
      if (sent === kept.current) return true;
      if (Object.keys(draftFaults(sent)).length > 0) {
        setSaving('refused');
        return false;
      }
      setSaving('saving');
      const answer = await run({ params: { id: campaign.id }, body: sent });
      if (!answer) {
        setSaving('refused');
        return false;
      }
      const before = kept.current;
      kept.current = sent;
      setAtServer(sent);
      setSaving(latest.current === sent ? 'saved' : 'waiting');
      if (changesAudience(before, sent)) void refresh(client, [api.previewAudience]);
      return true;
    };
    chain.current = chain.current.then(step, step);
    return chain.current;
  }, [campaign.id, client, run]);

  const change = useCallback(
    (part: Partial<CampaignDraft>) => {
      latest.current = { ...latest.current, ...part };
      setDraft(latest.current);
      setSaving('waiting');
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void keep(), WAIT_MS);
    },
    [keep],
  );

  // Leaving the page keeps the last words too.
  useEffect(
    () => () => {
      if (latest.current !== kept.current) void keep();
      void refresh(client, [api.listCampaigns, api.getCampaign]);
    },
    [keep, client],
  );

  const own = useMemo(() => draftFaults(draft), [draft]);
  return { draft, atServer, change, keep, saving, own, fields: update.fields };
}
export type DraftState = ReturnType<typeof useDraft>;
