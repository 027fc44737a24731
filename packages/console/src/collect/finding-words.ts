import type { Finding } from '@qianmian/contract';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../ui/index.ts';

const CENTS = new Set(['unitPriceCents', 'discountCents', 'netCents', 'sales']);
const CODES = [
  ...['price_not_positive', 'quantity_not_positive', 'discount_over_price', 'order_in_future', 'birthday'],
  ...['bad_phone', 'bad_email', 'outlier_unitPriceCents', 'outlier_quantity', 'outlier_netCents'],
  ...['day_orders', 'day_sales', 'similar', 'repeated'],
] as const;
type Code =
  | 'price_not_positive'
  | 'quantity_not_positive'
  | 'discount_over_price'
  | 'order_in_future'
  | 'birthday'
  | 'bad_phone'
  | 'bad_email'
  | 'outlier_unitPriceCents'
  | 'outlier_quantity'
  | 'outlier_netCents'
  | 'day_orders'
  | 'day_sales'
  | 'similar'
  | 'repeated';

/** Whether a field holds an amount of money in minor units. */
export const isMoney = (field: string) => CENTS.has(field);

/** What may be done about a finding, in the order of the keys. */
export function actionsFor({ subject, reason }: Pick<Finding, 'subject' | 'reason'>) {
  const out: ('usual' | 'accept' | 'drop' | 'merge')[] = [];
  if (subject === 'line' && reason.usual !== null) out.push('usual');
  out.push('accept');
  if (subject === 'line' || subject === 'order') out.push('drop');
  if (subject === 'product') out.push('merge');
  return out;
}

/** A value of a finding as people read it. */
export function valueText(format: Format, field: string, value: number): string {
  return isMoney(field) ? format.money(value) : format.number(value);
}

/** Says in words why something was found. */
export function useFindingWords() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useCallback(
    ({ reason, field }: Pick<Finding, 'reason' | 'field'>) => {
      const code = reason.code as Code;
      if (!(CODES as readonly string[]).includes(code)) return reason.code;
      const amount = (value: number | null) => (value === null ? '' : valueText(format, field, value));
      const times = reason.times ?? 1;
      return t(`cleaning.reason.${code}`, {
        value: code === 'repeated' ? format.number(reason.value ?? 0) : amount(reason.value),
        usual: amount(reason.usual),
        times:
          times >= 1
            ? t('cleaning.timesMore', { times: format.number(Math.round(times * 10) / 10) })
            : t('cleaning.timesLess', { times: format.number(Math.round(1 / times)) }),
        cases: format.number(reason.cases ?? 0),
        other: reason.other,
        alike: format.percent(reason.score ?? 0),
      });
    },
    [t, format],
  );
}
