import { api, type KnownName } from '@qianmian/contract';
import { useMemo } from 'react';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import { useFormat } from '../ui/index.ts';
import { type Called, calledIn } from './called.ts';

const NONE: readonly KnownName[] = [];

/** The words of this workspace's catalogue; keys stay as they are for who may not read it. */
export function useCalled(): Called {
  const { language } = useFormat();
  const enabled = useCan('catalog.read');
  const { data } = useApi(api.listNames, {}, { staleMs: 5 * 60_000, enabled });
  return useMemo(() => calledIn(language, data ?? NONE), [language, data]);
}

/** Whether names are still asked for: a sentence that waits for them does not change under the reader's eyes. */
export function useNamesComing(): boolean {
  const enabled = useCan('catalog.read');
  return useApi(api.listNames, {}, { staleMs: 5 * 60_000, enabled }).isLoading;
}
