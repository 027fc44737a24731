import { LockOutlined } from '@ant-design/icons';
import { api, type Customer } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCalled, useNamesComing } from '../catalog/use-called.ts';
import { WhyDrawer } from '../segment/why-drawer.tsx';
import { useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import { Answer, Loading, Page, Stat, Stats, useAddressState, useFormat } from '../ui/index.ts';
import { CustomerSide } from './customer-side.tsx';
import { displayName } from './names.ts';
import { Orders } from './orders.tsx';
import { portrait } from './portrait.ts';
import { Scores, Tastes } from './scores.tsx';
import { Timeline } from './timeline.tsx';
import './profile.css';
import { nameIn } from '../ui/name-in.ts';

const view = z.object({
  tab: z.enum(['timeline', 'orders']).default('timeline'),
  /** The segment whose membership is explained. */
  why: z.string().max(80).optional(),
});

/** One customer: who they are in a paragraph, what they are worth and why, everything that happened. */
export default function CustomerPage() {
  const { t } = useTranslation('profile');
  const to = useTo();
  const { personId = '' } = useParams({ strict: false }) as { personId?: string };
  const query = useApi(api.getCustomer, { params: { personId: Number(personId) || 0 } });
  const crumbs = [{ label: t('pages.customers'), href: to('/customers') }];
  return (
    <Page title={query.data ? displayName(t, query.data) : t('pages.customer')} breadcrumbs={crumbs}>
      <Answer of={query} loading={<Loading kind="page" />}>
        {(customer) => <Portrait customer={customer} />}
      </Answer>
    </Page>
  );
}

function Portrait({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const [{ tab, why }, setView] = useAddressState(view);
  const words = usePortraitWords(customer);
  return (
    <>
      <p className="qm-portrait" aria-busy={words === null}>
        {words ?? '\u00a0'}
      </p>
      {customer.masked && (
        <p className="qm-masked">
          <LockOutlined aria-hidden="true" /> {t('customer.masked')}
        </p>
      )}
      <Value customer={customer} />
      <div className="qm-customer">
        <div className="qm-customer-scores">
          <Scores customer={customer} />
        </div>
        <div className="qm-customer-side">
          <Tastes customer={customer} />
          <CustomerSide customer={customer} onWhy={(segment) => setView({ why: segment })} />
        </div>
        <Tabs
          className="qm-customer-tabs"
          activeKey={tab}
          onChange={(key) => setView({ tab: key === 'orders' ? 'orders' : 'timeline' })}
          items={[
            {
              key: 'timeline',
              label: t('customer.history'),
              children: <Timeline personId={customer.personId} />,
            },
            {
              key: 'orders',
              label: t('customer.ordersTab', { orders: format.number(customer.orders) }),
              children: <Orders personId={customer.personId} />,
            },
          ]}
        />
      </div>
      <WhyDrawer
        segmentId={why}
        personId={customer.personId}
        name={displayName(t, customer)}
        onClose={() => setView({ why: undefined })}
      />
    </>
  );
}

/** Null while what it names is still asked for. */
function usePortraitWords(customer: Customer): string | null {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const { data: rfm, isLoading: rfmComing } = useApi(api.getRfm, {}, { staleMs: 5 * 60_000 });
  const { data: stores, isLoading: storesComing } = useApi(
    api.listStores,
    {},
    { staleMs: 5 * 60_000, enabled: customer.favouriteStore !== null },
  );
  const store = stores?.find((one) => one.storeId === customer.favouriteStore);
  const storeName = store && nameIn(format.language, store, store.storeId);
  const called = useCalled();
  const namesComing = useNamesComing();
  if (rfmComing || storesComing || namesComing) return null;
  const named: Customer = {
    ...customer,
    city: called('city', customer.city),
    favouriteCategories: customer.favouriteCategories.map((one) => ({
      ...one,
      category: called('category', one.category),
    })),
  };
  return portrait(
    {
      customer: named,
      days: rfm?.lifecycleDays,
      store: storeName || null,
      now: format.now(),
    },
    t,
    format,
  );
}

function Value({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const bought = customer.spendCents + customer.returnsCents;
  return (
    <Stats>
      <Stat
        label={t('customer.spend')}
        value={format.money(customer.spendCents)}
        hint={t('customer.spendHint')}
      />
      <Stat
        label={t('customer.orders')}
        value={format.number(customer.orders)}
        hint={customer.firstOrderAt && t('customer.ordersHint', { date: format.date(customer.firstOrderAt) })}
      />
      <Stat
        label={t('customer.average')}
        value={customer.orders > 0 ? format.money(customer.averageOrderCents) : '–'}
      />
      <Stat
        label={t('customer.returns')}
        value={format.money(customer.returnsCents)}
        hint={
          customer.returnsCents > 0 &&
          bought > 0 &&
          t('customer.returnsHint', { share: format.percent(customer.returnsCents / bought) })
        }
      />
      <Stat
        label={t('customer.lastOrder')}
        value={customer.lastOrderAt ? format.ago(customer.lastOrderAt) : t('customer.never')}
        hint={customer.lastOrderAt && format.date(customer.lastOrderAt)}
      />
    </Stats>
  );
}
