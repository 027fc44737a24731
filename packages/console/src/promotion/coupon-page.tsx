import { api, type Coupon } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useGo, useTo } from '../shell/address.ts';
import { useNow } from '../shell/server-clock.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Money,
  Page,
  Panel,
  Stat,
  Stats,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { deleteCoupon, editCoupon } from './actions.ts';
import { CouponDrawer } from './coupon-drawer.tsx';
import { couponSentence, couponState, STATE_TONES } from './coupon-words.ts';
import { TryCode } from './try-code.tsx';

const view = z.object({ edit: z.stringbool().default(false) });
type Code = ReturnType<typeof useApiPages<typeof api.listCodes>>['rows'][number];

/** One coupon: its promise, what came of it, its codes. */
export default function CouponPage() {
  const { t } = useTranslation('promotion');
  const { couponId = '' } = useParams({ strict: false }) as { couponId?: string };
  const format = useFormat();
  const to = useTo();
  const now = useNow();
  const query = useApi(api.getCoupon, { params: { id: couponId } });
  const { data } = query;
  return (
    <Page
      title={data?.name ?? t('pages.coupon')}
      headline={data && couponSentence(data, t, format, now)}
      note={data && <StateNote coupon={data} now={now} />}
      breadcrumbs={[{ label: t('detail.back'), href: to('/coupons') }]}
      actions={data && <CouponActions coupon={data} />}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(coupon) => <CouponBody coupon={coupon} />}
      </Answer>
    </Page>
  );
}

const PAGE_ACTIONS = [editCoupon, deleteCoupon];

function CouponActions({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation('promotion');
  const go = useGo();
  const canPlan = useCan('campaign.write');
  usePageActions(PAGE_ACTIONS, coupon);
  return (
    <>
      {canPlan && (
        <Button type="primary" onClick={() => go('/campaigns/new', { coupon: coupon.id })}>
          {t('detail.plan')}
        </Button>
      )}
      <ActionButton action={editCoupon} subject={coupon} />
      <ActionButton action={deleteCoupon} subject={coupon} type="text" />
    </>
  );
}

/** Its state, and why it cannot be deleted when it cannot. */
function StateNote({ coupon, now }: { coupon: Coupon; now: number }) {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const canWrite = useCan('promotion.write');
  const state = couponState(coupon, now);
  const whys = [
    coupon.issued > 0 &&
      t('delete.whyIssued', { count: coupon.issued, issued: format.number(coupon.issued) }),
    coupon.usedBy.length > 0 &&
      t('delete.whyUsed', { names: format.list(coupon.usedBy.map((use) => use.name)) }),
  ].filter((why) => why !== false);
  return (
    <>
      <Badge tone={STATE_TONES[state]}>{t(`state.${state}`)}</Badge>
      {canWrite && whys.length > 0 && ` · ${t('delete.kept', { why: whys.join(t('delete.and')) })}`}
    </>
  );
}

function CouponBody({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const to = useTo();
  const canTry = useCan('promotion.redeem');
  const [{ edit }, setView] = useAddressState(view);
  return (
    <>
      <Stats>
        <Stat label={t('detail.issued')} value={format.number(coupon.issued)} />
        <Stat
          label={t('detail.redeemed')}
          value={format.number(coupon.redeemed)}
          hint={
            coupon.issued > 0 &&
            t('detail.ofIssued', { share: format.percent(coupon.redeemed / coupon.issued) })
          }
        />
        <Stat
          label={t('detail.discount')}
          value={format.money(coupon.discountCents)}
          hint={
            coupon.redeemed > 0 &&
            t('detail.perCode', { amount: format.money(coupon.discountCents / coupon.redeemed) })
          }
        />
        <Stat
          label={t('detail.usedBy')}
          value={format.number(coupon.usedBy.length)}
          hint={
            coupon.usedBy.length === 0
              ? t('detail.usedByNone')
              : coupon.usedBy.map((use, at) => (
                  <span key={use.id}>
                    {at > 0 && ' · '}
                    <Anchor href={to(`/campaigns/${use.id}`)}>{use.name}</Anchor>
                  </span>
                ))
          }
        />
      </Stats>
      <Codes coupon={coupon} />
      {canTry && <TryCode />}
      <CouponDrawer coupon={coupon} open={edit} onClose={() => setView({ edit: false })} />
    </>
  );
}

function Codes({ coupon }: { coupon: Coupon }) {
  const { t } = useTranslation('promotion');
  const list = useApiPages(api.listCodes, { params: { id: coupon.id }, query: { limit: 200 } });
  const nameOf = useCustomerNames(useMemo(() => list.rows.map((code) => code.personId), [list.rows]));
  const columns = useCodeColumns(coupon, nameOf);
  return (
    <Panel title={t('codes.title')} note={t('codes.note')} flush>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            bare
            id="coupon-codes"
            label={t('codes.title')}
            columns={columns}
            rows={rows}
            rowKey={(code) => `${code.code}:${code.personId}:${code.issuedAt}`}
            total={coupon.issued}
            more={list.more}
            loading={list.loading}
            empty={<EmptyState small title={t('codes.empty')} text={t('codes.emptyText')} />}
          />
        )}
      </Answer>
    </Panel>
  );
}

function useCodeColumns(coupon: Coupon, nameOf: (person: number) => string): Column<Code>[] {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const to = useTo();
  return useMemo(() => {
    const campaigns = new Map(coupon.usedBy.map((use) => [use.id, use.name]));
    return [
      {
        key: 'code',
        title: t('codes.code'),
        value: (code) => code.code,
        cell: (code) => <code>{code.code}</code>,
        always: true,
        width: 170,
      },
      {
        key: 'person',
        title: t('codes.person'),
        value: (code) => (code.personId === null ? null : nameOf(code.personId)),
        cell: (code) =>
          code.personId === null ? (
            '–'
          ) : (
            <Anchor href={to(`/customers/${code.personId}`)}>{nameOf(code.personId)}</Anchor>
          ),
        width: 160,
      },
      {
        key: 'campaign',
        title: t('codes.campaign'),
        value: (code) => (code.campaignId ? (campaigns.get(code.campaignId) ?? code.campaignId) : ''),
        cell: (code) =>
          code.campaignId ? (
            <Anchor href={to(`/campaigns/${code.campaignId}`)}>
              {campaigns.get(code.campaignId) ?? t('codes.openCampaign')}
            </Anchor>
          ) : (
            '–'
          ),
        width: 180,
      },
      {
        key: 'issued',
        title: t('codes.issued'),
        value: (code) => code.issuedAt,
        cell: (code) => <DateText at={code.issuedAt} as="moment" />,
        sortable: true,
        width: 136,
      },
      {
        key: 'redeemed',
        title: t('codes.redeemed'),
        value: (code) => code.redeemedAt,
        cell: (code) =>
          code.redeemedAt ? (
            <DateText at={code.redeemedAt} as="moment" />
          ) : (
            <span className="qm-note">{t('codes.notYet')}</span>
          ),
        sortable: true,
        width: 136,
      },
      { key: 'order', title: t('codes.order'), value: (code) => code.orderId ?? '–', width: 150 },
      {
        key: 'discount',
        title: t('codes.discount'),
        value: (code) => (code.discountCents === null ? null : format.major(code.discountCents)),
        cell: (code) => <Money cents={code.discountCents} />,
        align: 'right',
        sortable: true,
        width: 120,
      },
    ];
  }, [t, format, to, coupon.usedBy, nameOf]);
}
