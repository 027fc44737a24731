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
  const format = useFormat();
  const [{ search }, setView] = useAddressState(view);
  const query = useApi(api.listStores, {});
  const called = useCalled();
  const columns = useStoreColumns();
  const stores = query.data ?? [];
  const cities = new Set(stores.map((store) => store.city)).size;
  const wanted = search.toLowerCase();
  const found = (all: Store[]) =>
    all.filter((store) =>
      [store.storeId, store.name, store.nameZh, store.city, called('city', store.city)].some((text) =>
        text.toLowerCase().includes(wanted),
      ),
    );
  return (
    <Page
      title={t('pages.stores')}
      headline={
        stores.length > 0
          ? t('stores.headline', {
              count: stores.length,
              stores: format.number(stores.length),
              cities: format.number(cities),
            })
          : undefined
      }
    >
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
      { key: 'city', title: t('stores.city'), sortable: true, value: (store) => called('city', store.city) },
      {
        key: 'country',
        title: t('stores.country'),
        sortable: true,
        value: (store) => countryName(store.country),
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
