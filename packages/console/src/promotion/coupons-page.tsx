import { TagsOutlined } from '@ant-design/icons';
import { api, type Coupon } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { useNow } from '../shell/server-clock.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Money,
  Page,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { createCoupon } from './actions.ts';
import { CouponDrawer } from './coupon-drawer.tsx';
import { couponSentence, couponState, couponsHeadline, STATE_TONES } from './coupon-words.ts';
import { TryCode } from './try-code.tsx';

const view = z.object({ create: z.stringbool().default(false) });

/** Kinds of coupon: what each gives, how many codes are out, what came back. */
export default function CouponsPage() {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  const to = useTo();
  const now = useNow();
  const canTry = useCan('promotion.redeem');
  const [{ create }, setView] = useAddressState(view);
  const query = useApi(api.listCoupons, {});
  const columns = useCouponColumns(now);
  const has = query.data && query.data.length > 0;
  return (
    <Page
      title={t('pages.coupons')}
      headline={has ? couponsHeadline(query.data ?? [], t, format, now) : undefined}
      note={has ? t('list.note') : undefined}
      actions={<ActionButton action={createCoupon} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(coupons) => (
          <DataTable
            id="coupons"
            label={t('pages.coupons')}
            columns={columns}
            rows={coupons}
            rowKey={(coupon) => coupon.id}
            rowHref={(coupon) => to(`/coupons/${coupon.id}`)}
            empty={
              <EmptyState
                icon={<TagsOutlined />}
                title={t('list.empty')}
                text={t('list.emptyText')}
                action={<ActionButton action={createCoupon} subject={undefined} />}
              />
            }
          />
        )}
      </Answer>
      {has && canTry && <TryCode />}
      <CouponDrawer open={create} onClose={() => setView({ create: false })} />
    </Page>
  );
}

function useCouponColumns(now: number): Column<Coupon>[] {
  const { t } = useTranslation('promotion');
  const format = useFormat();
  return useMemo(() => {
    const rate = (coupon: Coupon) => (coupon.issued > 0 ? coupon.redeemed / coupon.issued : null);
    return [
      {
        key: 'name',
        title: t('list.name'),
        value: (coupon) => coupon.name,
        always: true,
        sortable: true,
        width: 200,
      },
      {
        key: 'terms',
        title: t('list.terms'),
        value: (coupon) => couponSentence(coupon, t, format, now),
        width: 260,
      },
      {
        key: 'state',
        title: t('list.state'),
        value: (coupon) => t(`state.${couponState(coupon, now)}`),
        cell: (coupon) => {
          const state = couponState(coupon, now);
          return <Badge tone={STATE_TONES[state]}>{t(`state.${state}`)}</Badge>;
        },
        sortable: true,
        width: 140,
      },
      {
        key: 'issued',
        title: t('list.issued'),
        value: (coupon) => coupon.issued,
        cell: (coupon) => format.number(coupon.issued),
        align: 'right',
        sortable: true,
        width: 104,
      },
      {
        key: 'redeemed',
        title: t('list.redeemed'),
        value: (coupon) => coupon.redeemed,
        cell: (coupon) => format.number(coupon.redeemed),
        align: 'right',
        sortable: true,
        width: 124,
      },
      {
        key: 'rate',
        title: t('list.rate'),
        value: rate,
        cell: (coupon) => {
          const share = rate(coupon);
          return share === null ? '–' : format.percent(share);
        },
        align: 'right',
        sortable: true,
        width: 124,
      },
      {
        key: 'discount',
        title: t('list.discount'),
        value: (coupon) => format.major(coupon.discountCents),
        cell: (coupon) => <Money cents={coupon.discountCents} />,
        align: 'right',
        sortable: true,
        width: 132,
      },
      {
        key: 'created',
        title: t('list.created'),
        value: (coupon) => coupon.createdAt,
        cell: (coupon) => <DateText at={coupon.createdAt} />,
        sortable: true,
        hidden: true,
      },
    ];
  }, [t, format, now]);
}
