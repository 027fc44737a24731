import { api, type OrderRow } from '@qianmian/contract';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useApi, useApiPages } from '../shell/use-api.ts';
import { Anchor, Answer, EmptyState, Money, useFormat } from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import { channelName } from './names.ts';

/** Orders with their lines, newest first; an order opens to its lines. */
export function Orders({ personId }: { personId: number }) {
  const { t } = useTranslation('profile');
  const { t: words } = useTranslation('ui');
  const list = useApiPages(api.getOrders, { params: { personId }, query: { limit: 30 } });
  return (
    <Answer of={list}>
      {(orders) =>
        orders.length === 0 ? (
          <EmptyState small title={t('customer.ordersNone')} />
        ) : (
          <>
            <ul className="qm-orders">
              {orders.map((order) => (
                <Order key={order.orderId} order={order} />
              ))}
            </ul>
            {list.more.has && (
              <div className="qm-timeline-end">
                <Button onClick={list.more.load} loading={list.more.loading}>
                  {words('loadMore')}
                </Button>
              </div>
            )}
          </>
        )
      }
    </Answer>
  );
}

function useStoreName() {
  const format = useFormat();
  const { data } = useApi(api.listStores, {}, { staleMs: 5 * 60_000 });
  return (id: string) => {
    const store = data?.find((one) => one.storeId === id);
    return store ? nameIn(format.language, store, id) : id;
  };
}

function Order({ order }: { order: OrderRow }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const storeName = useStoreName();
  const to = useTo();
  const name = (line: OrderRow['lines'][number]) => nameIn(format.language, line, line.productId);
  const sold = order.lines.filter((line) => line.lineKind === 'sale').map(name);
  const first = format.list(sold.slice(0, 2));
  const words =
    sold.length > 2 ? t('told.items', { products: first, more: sold.length - 2 }) : first || order.orderId;
  const where = [channelName(t, order.channel), order.storeId && storeName(order.storeId)].filter(Boolean);
  return (
    <li>
      <details>
        <summary className="qm-order">
          <time dateTime={order.time} title={format.dateTimeExact(order.time)}>
            {format.date(order.time)}
          </time>
          <span className="qm-entry-words">{words}</span>
          <span className="qm-entry-end">
            <Money cents={order.netCents} />
            <small>{where.join(' · ')}</small>
          </span>
        </summary>
        <div className="qm-order-lines">
          <table className="qm-plain-table">
            <thead>
              <tr>
                <th scope="col">{t('customer.line')}</th>
                <th scope="col" className="qm-right">
                  {t('customer.lineQuantity')}
                </th>
                <th scope="col" className="qm-right">
                  {t('customer.lineNet')}
                </th>
              </tr>
            </thead>
            <tbody>
              {order.lines.map((line, n) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of an order stay in place
                <tr key={n} className={line.lineKind === 'return' ? 'qm-note' : undefined}>
                  <td>
                    <Anchor href={to('/products', { product: line.productId })}>{name(line)}</Anchor>
                    {line.lineKind === 'return' && <small> · {t('customer.lineReturn')}</small>}
                    {line.imputed.length > 0 && (
                      <small title={t('customer.linePutInWhy')}> · {t('customer.linePutIn')}</small>
                    )}
                  </td>
                  <td className="qm-right">{format.number(line.quantity)}</td>
                  <td className="qm-right">
                    <Money cents={line.netCents} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="qm-note qm-small">
            {[
              order.orderId,
              order.discountCents > 0 &&
                `${t('customer.orderDiscount')} ${format.money(order.discountCents)}`,
              order.returnedCents > 0 &&
                `${t('customer.orderReturned')} ${format.money(order.returnedCents)}`,
              order.couponCode && t('customer.orderCoupon', { code: order.couponCode }),
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
      </details>
    </li>
  );
}
