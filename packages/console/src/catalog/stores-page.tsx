import { ShopOutlined } from '@ant-design/icons';
import { api, type Store } from '@qianmian/contract';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useGo, useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Loading,
  Page,
  SearchBox,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import { useCalled } from './use-called.ts';

const view = z.object({ search: z.string().default('') });

/** Where people buy in person; each store leads to who bought there. */
export default function StoresPage() {
  const { t } = useTranslation('catalog');
  const [{ search }, setView] = useAddressState(view);
  const query = useApi(api.listStores, {});
  const called = useCalled();
  const columns = useStoreColumns();
  const stores = query.data ?? [];
  const headline = useHeadline(stores);
  const wanted = search.toLowerCase();
  const found = (all: Store[]) =>
    all.filter((store) =>
      [store.storeId, store.name, store.nameZh, store.city, called('city', store.city)].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
    );
  return (
    <Page title={t('pages.stores')} headline={headline}>
      <Answer of={query} loading={<Loading kind="table" />}>
        {(all) => (
          <DataTable
            id="stores"
            label={t('pages.stores')}
            columns={columns}
            rows={found(all)}
            rowKey={(store) => store.storeId}
            toolbar={
              <SearchBox
                value={search}
                placeholder={t('stores.search')}
                onSearch={(next) => setView({ search: next }, { replace: true })}
              />
            }
            empty={search ? <EmptyState small title={t('stores.nothing')} /> : <NoStores />}
          />
        )}
      </Answer>
    </Page>
  );
}

/** How many stores there are, and in how many cities where the data name them. */
function useHeadline(stores: readonly Store[]): string | undefined {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  if (stores.length === 0) return undefined;
  const cities = new Set(stores.flatMap(({ city }) => city.trim() || [])).size;
  const all = t('stores.count', { count: stores.length, stores: format.number(stores.length) });
  return cities === 0
    ? t('stores.headline', { stores: all })
    : t('stores.headlineCities', {
        stores: all,
        cities: t('stores.cities', { count: cities, cities: format.number(cities) }),
      });
}

function NoStores() {
  const { t } = useTranslation('catalog');
  const go = useGo();
  const canImport = useCan('data.write');
  return (
    <EmptyState
      icon={<ShopOutlined />}
      title={t('stores.empty')}
      text={t('stores.emptyText')}
      action={
        canImport && (
          <Button type="primary" onClick={() => go('/imports')}>
            {t('stores.emptyAction')}
          </Button>
        )
      }
    />
  );
}

function useStoreColumns(): Column<Store>[] {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const called = useCalled();
  return useMemo(() => {
    const country = new Intl.DisplayNames(format.language === 'zh' ? 'zh-CN' : 'en', { type: 'region' });
    const countryName = (code: string) => (/^[A-Z]{2}$/.test(code) ? (country.of(code) ?? code) : code);
    return [
      {
        key: 'name',
        title: t('stores.store'),
        always: true,
        sortable: true,
        width: 260,
        value: (store) => nameIn(format.language, store, store.storeId),
      },
      { key: 'id', title: t('stores.id'), sortable: true, value: (store) => store.storeId },
      {
        key: 'city',
        title: t('stores.city'),
        sortable: true,
        value: (store) => called('city', store.city) || null,
      },
      {
        key: 'country',
        title: t('stores.country'),
        sortable: true,
        value: (store) => countryName(store.country) || null,
      },
      {
        key: 'place',
        title: t('stores.place'),
        width: 180,
        value: (store) =>
          store.latitude === null || store.longitude === null
            ? null
            : `${format.number(store.latitude, 4)}, ${format.number(store.longitude, 4)}`,
      },
      {
        key: 'buyers',
        title: '',
        always: true,
        width: 180,
        align: 'right',
        cell: (store) =>
          canSee && (
            <Anchor href={segmentDraftAddress(to, buyersOf({ stores: [store.storeId] }))}>
              {t('stores.buyers')}
            </Anchor>
          ),
      },
    ];
  }, [t, format, to, canSee, called]);
}
