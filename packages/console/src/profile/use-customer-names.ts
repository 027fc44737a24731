import { api, type CustomerName } from '@qianmian/contract';
import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../shell/api.ts';
import { useCan, useWorkspaceId } from '../shell/session.tsx';
import { displayName } from './names.ts';

const AT_ONCE = 200;
const NONE: readonly CustomerName[] = [];

/** People by hundreds: a list that grows asks only for who is new in it. */
export function inBatches(people: readonly (number | null | undefined)[], size = AT_ONCE): number[][] {
  const ids = [...new Set(people)].filter((id): id is number => typeof id === 'number' && id > 0);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, at) =>
    ids.slice(at * size, (at + 1) * size),
  );
}

/**
 * How people are called who are only known by number where they are shown: on codes, recipients, events. An ellipsis
 * until the answer is there.
 */
export function useCustomerNames(people: readonly (number | null | undefined)[]): (person: number) => string {
  const { t } = useTranslation('profile');
  const workspace = useWorkspaceId();
  const canSee = useCan('customer.read');
  const batches = useMemo(() => inBatches(people), [people]);
  const found = useQueries({
    queries: batches.map((ids) => ({
      queryKey: [api.nameCustomers.path, api.nameCustomers.method, { workspace, ids }],
      queryFn: () => call(api.nameCustomers, { params: { workspace }, body: { people: ids } }),
      staleTime: 60_000,
      enabled: canSee,
    })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? NONE),
  });
  const names = useMemo(() => new Map(found.map((one) => [one.personId, displayName(t, one)])), [found, t]);
  return useCallback(
    (person) => names.get(person) ?? (canSee ? '…' : t('pages.customer')),
    [names, canSee, t],
  );
}
