import type { STATUS_MEANINGS } from '@qianmian/contract';
import { clip } from '../../platform/text.ts';
import type { Mapping } from './mapping.ts';
import { fieldReader } from './read-field.ts';
import type { RowValues } from './source-row.ts';

/** What a status says of an order. */
export type StatusMeaning = (typeof STATUS_MEANINGS)[number];

/** Statuses as shops, tills and plugins write them, English and Chinese: what presets and guesses go by. */
const WORDS: Record<Exclude<StatusMeaning, 'unknown'>, string[]> = {
  pending:
    `pending|pending payment|payment pending|awaiting payment|unpaid|not paid|authorized|authorised|draft
    |checkout draft|incomplete
    |等待买家付款|等待付款|待付款|未付款|待支付|未支付|等待支付|待买家付款`.split('|'),
  cancelled: `cancelled|canceled|failed|payment failed|voided|void|expired|declined|abandoned|trash
    |交易关闭|交易关闭(未付款)|已关闭|关闭|订单关闭|订单已关闭|已取消|取消|交易取消|订单取消|订单已取消|支付失败|付款失败|已作废|作废`.split(
    '|',
  ),
  refunded: `refunded|fully refunded|payment refunded
    |退款成功|已退款|全额退款|退款完成|已全额退款|交易关闭(退款)|未发货,退款成功|已发货,退款成功|已收货,退款成功`.split(
    '|',
  ),
  sale: `paid|partially paid|partially refunded|processing|on hold|completed|complete|fulfilled|unfulfilled
    |partially fulfilled|shipped|unshipped|partially shipped|delivered|awaiting shipment|awaiting fulfillment|success
    |交易成功|交易完成|已完成|完成|订单完成|已付款|已支付|支付成功|付款成功|买家已付款|等待卖家发货|等待商家发货|买家已付款,等待卖家发货
    |待发货|待成团|备货中|已出库|等待出库|部分发货|卖家部分发货|已发货|卖家已发货|卖家已发货,等待买家确认|等待买家确认收货|已发货,待签收
    |待收货|待签收|已签收|已收货|待自提|已自提|待核销|已核销|待评价|已评价|部分退款|退款中|申请退款|售后中`.split(
    '|',
  ),
};

/** One writing of a status: `wc-on-hold`, `On hold` and `on_hold` are the same. */
function folded(status: string): string {
  return status
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^wc-/, '')
    .replace(/[\s_,、·-]+/g, '');
}

const MEANINGS = new Map(
  Object.entries(WORDS).flatMap(([meaning, words]) =>
    words.map((word) => [folded(word), meaning as StatusMeaning] as const),
  ),
);

/** Reads statuses under a mapping: lists of its own say what is not paid and what was paid back, and nothing else is. */
export function statusMeanings(orders: Mapping['orders']): (status: string) => StatusMeaning {
  const [unpaid, refunded] = [orders?.unpaidStatuses, orders?.refundedStatuses].map(
    (list) => list && new Set(list.map(folded)),
  );
  return (status) => {
    const one = folded(status);
    const known = MEANINGS.get(one) ?? 'unknown';
    // What nobody paid may yet be paid only where the word says so.
    if (unpaid?.has(one)) return known === 'pending' ? 'pending' : 'cancelled';
    if (refunded?.has(one)) return 'refunded';
    const isOverruled = known === 'refunded' ? refunded : known !== 'sale' && known !== 'unknown' && unpaid;
    return isOverruled ? 'sale' : known;
  };
}

/** A status that rows of a file have, and what is made of such orders. */
interface StatusSeen {
  status: string;
  means: StatusMeaning;
  /** Of the rows that were looked at. */
  rows: number;
}

const MOST_STATUSES = 30;
const MOST_CHARS = 60;

/** The statuses among some rows of a file, the commonest first; none where its rows are no order lines with a status. */
export function statusesSeen(mapping: Mapping, rows: readonly RowValues[]): StatusSeen[] {
  // Where times and amounts are from says nothing about a status.
  const reader = fieldReader(mapping, { timeZone: 'UTC', currency: 'USD' });
  if (mapping.kind !== 'orderLines' || !reader.has('status')) return [];
  const meaning = statusMeanings(mapping.orders);
  const counts = new Map<string, number>();
  for (const values of rows) {
    const status = clip(reader.text('status', values, { corrections: [], rejection: undefined }), MOST_CHARS);
    if (status === '') continue;
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_STATUSES)
    .map(([status, n]) => ({ status, means: meaning(status), rows: n }));
}
