import { ShoppingOutlined } from '@ant-design/icons';
import { api, type Product } from '@qianmian/contract';
import { Button, Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Loading,
  Money,
  Page,
  Percent,
  SearchBox,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import { pathCalled } from './called.ts';
import { marginOf } from './names.ts';
import { ProductDrawer } from './product-drawer.tsx';
import { useCalled } from './use-called.ts';

const view = z.object({
  search: z.string().default(''),
  category: z.string().optional(),
  product: z.string().optional(),
});

/** What can be bought; a row opens the product, and from there who bought it. */
export default function ProductsPage() {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  const [{ search, category, product }, setView] = useAddressState(view);
  const list = useApiPages(
    api.listProducts,
    { query: { search: search || undefined, category, limit: 200 } },
    { keep: true },
  );
  const columns = useProductColumns();
  const isFiltered = Boolean(search || category);
  const counts = { count: list.total ?? 0, products: format.number(list.total ?? 0) };
  return (
    <Page
      title={t('pages.products')}
      headline={
        list.data && list.total ? t(isFiltered ? 'products.found' : 'products.headline', counts) : undefined
      }
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="products"
            label={t('pages.products')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.productId}
            onRowClick={(row) => setView({ product: row.productId })}
            total={list.total}
            more={list.more}
            loading={list.loading}
            toolbar={
              <>
                <SearchBox
                  value={search}
                  placeholder={t('products.search')}
                  onSearch={(next) => setView({ search: next }, { replace: true })}
                />
                <CategoryChoice value={category} onChange={(next) => setView({ category: next })} />
              </>
            }
            empty={
              isFiltered ? (
                <EmptyState
                  small
                  title={t('products.nothing')}
                  action={
                    <Button onClick={() => setView({ search: '', category: undefined })}>
                      {t('products.clear')}
                    </Button>
                  }
                />
              ) : (
                <NoProducts />
              )
            }
          />
        )}
      </Answer>
      <ProductDrawer id={product} onClose={() => setView({ product: undefined })} />
    </Page>
  );
}

function NoProducts() {
  const { t } = useTranslation('catalog');
  const go = useGo();
  const canImport = useCan('data.write');
  return (
    <EmptyState
      icon={<ShoppingOutlined />}
      title={t('products.empty')}
      text={t('products.emptyText')}
      action={
        canImport && (
          <Button type="primary" onClick={() => go('/imports')}>
            {t('products.emptyAction')}
          </Button>
        )
      }
    />
  );
}

function CategoryChoice({ value, onChange }: { value?: string; onChange: (value?: string) => void }) {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  const called = useCalled();
  const { data } = useApi(api.listCategories, {}, { staleMs: 5 * 60_000 });
  const options = useMemo(
    () =>
      (data ?? []).map((category) => ({
        value: category.path.at(-1) ?? '',
        label: `${pathCalled(called, category.path)} (${format.number(category.products)})`,
        key: category.path.join('/'),
      })),
    [data, format, called],
  );
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      style={{ minWidth: 180 }}
      popupMatchSelectWidth={false}
      aria-label={t('products.category')}
      placeholder={t('products.allCategories')}
      value={value}
      options={options}
      onChange={(next?: string) => onChange(next)}
    />
  );
}

function useProductColumns(): Column<Product>[] {
  const { t } = useTranslation('catalog');
  const format = useFormat();
  const called = useCalled();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('products.product'),
        always: true,
        width: 260,
        value: (row) => nameIn(format.language, row, row.productId),
      },
      { key: 'id', title: t('products.id'), width: 128, value: (row) => row.productId },
      { key: 'brand', title: t('products.brand'), width: 130, value: (row) => called('brand', row.brand) },
      {
        key: 'category',
        title: t('products.category'),
        width: 170,
        value: (row) => pathCalled(called, row.category),
      },
      {
        key: 'price',
        title: t('products.price'),
        align: 'right',
        width: 108,
        value: (row) => (row.priceCents === null ? null : format.major(row.priceCents)),
        cell: (row) => <Money cents={row.priceCents} />,
      },
      {
        key: 'cost',
        title: t('products.cost'),
        align: 'right',
        width: 108,
        value: (row) => (row.costCents === null ? null : format.major(row.costCents)),
        cell: (row) => <Money cents={row.costCents} />,
      },
      {
        key: 'margin',
        title: t('products.margin'),
        help: t('products.marginHelp'),
        align: 'right',
        width: 100,
        value: marginOf,
        cell: (row) => <Percent share={marginOf(row)} />,
      },
    ],
    [t, format, called],
  );
}
