import { api, type Condition } from '@qianmian/contract';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { channelInSentence, eventName, traitName } from '../profile/names.ts';
import { call } from '../shell/api.ts';
import { useWorkspaceId } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import type { Language } from '../ui/format.ts';
import { useFormat } from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import type { Writing } from './sentence.ts';
import { leavesOf } from './tree.ts';

const MINUTE = 60_000;

/** Products a condition names: few, else their numbers must do. */
const MOST_PRODUCTS = 12;

function useProductNames(conditions: readonly Condition[], language: Language): ReadonlyMap<string, string> {
  const workspace = useWorkspaceId();
  const ids = useMemo(() => {
    const found = conditions.flatMap((condition) =>
      leavesOf(condition).flatMap(({ leaf }) => (leaf.kind === 'orders' ? (leaf.where?.products ?? []) : [])),
    );
    return [...new Set(found)].slice(0, MOST_PRODUCTS);
  }, [conditions]);
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: [api.getProduct.path, api.getProduct.method, { params: { workspace, id } }],
      queryFn: () => call(api.getProduct, { params: { workspace, id } }),
      staleTime: 5 * MINUTE,
      retry: false,
    })),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data }) =>
          data ? [[data.productId, nameIn(language, data, data.productId)]] : [],
        ),
      ),
  });
}

const NONE: readonly Condition[] = [];

/**
 * Everything conditions are written with: words, numbers, and how segments, tags, stores and products are called. Give
 * the conditions (kept stable) whose products shall be named.
 */
export function useWriting(conditions: readonly Condition[] = NONE): Writing {
  const { t } = useTranslation(['segment', 'profile']);
  const { t: words } = useTranslation('profile');
  const format = useFormat();
  const { data: segments } = useApi(api.listSegments, {}, { staleMs: MINUTE });
  const { data: tags } = useApi(api.listTags, {}, { staleMs: MINUTE });
  const { data: stores } = useApi(api.listStores, {}, { staleMs: 5 * MINUTE });
  const products = useProductNames(conditions, format.language);
  const called = useCalled();
  return useMemo(() => {
    const segmentNames = new Map(segments?.map((one) => [one.id, one.name]));
    const tagLabels = new Map(tags?.map((one) => [one.name, one.label || one.name]));
    const storeNames = new Map(
      stores?.map((one) => [one.storeId, nameIn(format.language, one, one.storeId)]),
    );
    return {
      t,
      format,
      names: {
        trait: (name) => traitName(words, name),
        event: (name) => eventName(words, name),
        segment: (id) => segmentNames.get(id) ?? '…',
        tag: (name) => tagLabels.get(name) ?? name,
        store: (id) => storeNames.get(id) || id,
        channel: (name) => channelInSentence(words, name),
        product: (id) => products.get(id) ?? id,
        category: (key) => called('category', key),
        brand: (key) => called('brand', key),
      },
    };
  }, [t, words, format, segments, tags, stores, products, called]);
}
