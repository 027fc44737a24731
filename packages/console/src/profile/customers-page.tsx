import { TeamOutlined, UsergroupAddOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { SaveAsSegment } from '../segment/save-as-segment.tsx';
import { useGo, useTo } from '../shell/address.ts';
import { hrefOf } from '../shell/api.ts';
import { useCan, useWorkspaceId } from '../shell/session.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import { Answer, DataTable, EmptyState, Loading, Page, useAddressState, useFormat } from '../ui/index.ts';
import { useCustomerColumns } from './customer-columns.tsx';
import {
  type CustomerView,
  conditionOf,
  customerView,
  filterWords,
  isFiltered,
  NO_FILTERS,
  queryOf,
  sortFor,
} from './customer-filter.ts';
import { CustomerFilters } from './customer-filters.tsx';
import './profile.css';

/** Everyone known, searched, filtered and sorted by the server; any selection can become a segment. */
export default function CustomersPage() {
  const { t } = useTranslation('profile');
  const workspace = useWorkspaceId();
  const to = useTo();
  const [asked, setView] = useAddressState(customerView);
  const canReveal = useCan('customer.reveal');
  const view = { ...asked, sort: sortFor(asked.sort, canReveal) };
  const list = useApiPages(api.listCustomers, { query: { ...queryOf(view), limit: 200 } }, { keep: true });
  const columns = useCustomerColumns();
  const { headline, words } = useHeadline(view, list.data ? list.total : null);
  return (
    <Page
      title={t('pages.customers')}
      headline={headline}
      actions={
        isFiltered(view) && list.total ? (
          <SaveFilter view={view} people={list.total} suggested={words} />
        ) : undefined
      }
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) =>
          rows.length === 0 && !isFiltered(view) && !list.loading ? (
            <NoCustomers />
          ) : (
            <DataTable
              id="customers"
              label={t('pages.customers')}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.personId)}
              rowHref={(row) => to(`/customers/${row.personId}`)}
              sort={{ by: view.sort, order: view.order }}
              onSort={({ by, order }) => setView({ sort: by as CustomerView['sort'], order })}
              total={list.total}
              more={list.more}
              loading={list.loading}
              exportHref={hrefOf(api.exportCustomers, { params: { workspace }, query: queryOf(view) })}
              toolbar={<CustomerFilters view={view} set={setView} />}
              empty={
                <EmptyState
                  small
                  title={t('list.nothing')}
                  text={t('list.nothingText')}
                  action={<Button onClick={() => setView(NO_FILTERS)}>{t('list.clear')}</Button>}
                />
              }
            />
          )
        }
      </Answer>
    </Page>
  );
}

/** How many there are, and how many of them the filters leave; the filters in words. */
function useHeadline(view: CustomerView, found: number | null) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const filtered = isFiltered(view);
  const { data: everyone } = useApi(
    api.listCustomers,
    { query: { limit: 1 } },
    { enabled: filtered, staleMs: 60_000 },
  );
  const { data: rfm } = useApi(api.getRfm, {}, { enabled: !filtered, staleMs: 60_000 });
  const { data: segments } = useApi(api.listSegments, {}, { staleMs: 60_000 });
  const { data: tags } = useApi(api.listTags, {}, { staleMs: 60_000 });
  const called = useCalled();
  const words = filterWords(
    { ...view, city: view.city && called('city', view.city) },
    {
      segment: (id) => segments?.find((one) => one.id === id)?.name ?? '…',
      tag: (name) => tags?.find((one) => one.name === name)?.label || name,
    },
    t,
    format,
  );
  if (found === null || (!filtered && found === 0)) return { headline: undefined, words };
  if (filtered) {
    const total = everyone?.total ?? null;
    const numbers = { part: format.number(found), what: words };
    return {
      headline:
        total === null ? undefined : t('list.headlineFiltered', { ...numbers, total: format.number(total) }),
      words,
    };
  }
  const champions = rfm?.groups.find((one) => one.group === 'champions')?.people ?? 0;
  const numbers = { total: format.number(found), part: format.number(champions) };
  return { headline: t(champions > 0 ? 'list.headlineChampions' : 'list.headline', numbers), words };
}

function SaveFilter({ view, people, suggested }: { view: CustomerView; people: number; suggested: string }) {
  const { t } = useTranslation('profile');
  const canSave = useCan('segment.write');
  const [open, setOpen] = useState(false);
  const condition = conditionOf(view);
  if (!canSave) return null;
  return (
    <>
      <Button
        type="primary"
        icon={<UsergroupAddOutlined />}
        disabled={!condition}
        title={condition ? undefined : t('list.saveSearch')}
        onClick={() => setOpen(true)}
      >
        {t('list.save')}
      </Button>
      {open && condition && (
        <SaveAsSegment
          condition={condition}
          people={people}
          suggested={suggested.charAt(0).toUpperCase() + suggested.slice(1, 80)}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function NoCustomers() {
  const { t } = useTranslation('profile');
  const go = useGo();
  const canImport = useCan('data.write');
  return (
    <EmptyState
      icon={<TeamOutlined />}
      title={t('list.empty')}
      text={t('list.emptyText')}
      action={
        canImport && (
          <Button type="primary" onClick={() => go('/imports')}>
            {t('list.emptyAction')}
          </Button>
        )
      }
    />
  );
}
