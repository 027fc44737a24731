import type { Overview } from '@qianmian/contract';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { LineCompare, useFormat } from '../ui/index.ts';

/** Sales by day against the same days of the period before. */
export function SalesCourse({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const { t: words } = useTranslation('ui');
  const format = useFormat();
  const sales = overview.indicators.find((one) => one.key === 'salesCents');
  const labels = useMemo(() => overview.days.map(format.dayShort), [overview.days, format]);
  const lines = useMemo(
    () => [
      { name: t('course.now'), values: sales?.daily ?? [] },
      { name: t('course.before'), values: sales?.previousDaily ?? [], faint: true },
    ],
    [sales, t],
  );
  const heading = useCallback(
    (at: number) => format.dayLong(overview.days[at] ?? overview.to),
    [format, overview],
  );
  if (!sales) return null;
  const most = Math.max(...sales.daily);
  return (
    <LineCompare
      title={t('course.title')}
      summary={t('course.summary', {
        sales: format.money(sales.value),
        before: format.money(sales.previous),
        period: format.days(overview.from, overview.to),
        best: format.day(overview.days[sales.daily.indexOf(most)] ?? overview.to),
        most: format.money(most),
      })}
      axisName={words('chart.day')}
      labels={labels}
      lines={lines}
      tick={format.moneyShort}
      write={format.money}
      heading={heading}
    />
  );
}
