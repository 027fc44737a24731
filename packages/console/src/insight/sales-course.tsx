import type { Overview } from '@qianmian/contract';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { LineCompare, useFormat, useGoTo } from '../ui/index.ts';
import { isRunning } from './people-behind-numbers.ts';

/** Sales by day against the same days of the period before; a day leads to who bought on it. */
export function SalesCourse({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const { t: words } = useTranslation('ui');
  const format = useFormat();
  const goTo = useGoTo();
  const canSee = useCan('segment.read');
  const hrefAt = useDayAddress(overview);
  const running = isRunning(overview, format.dayOf);
  const sales = overview.indicators.find((one) => one.key === 'salesCents');
  const labels = useMemo(() => overview.days.map(format.dayShort), [overview.days, format]);
  const lines = useMemo(
    () => [
      { name: t('course.now'), values: sales?.daily ?? [], isOpen: running },
      { name: t('course.before'), values: sales?.previousDaily ?? [], faint: true },
    ],
    [sales, running, t],
  );
  const heading = useCallback(
    (at: number) => {
      const day = format.dayLong(overview.days[at] ?? overview.to);
      return running && at === overview.days.length - 1 ? t('course.soFar', { day }) : day;
    },
    [format, overview, running, t],
  );
  if (!sales) return null;
  const most = Math.max(...sales.daily);
  return (
    <LineCompare
      title={t('course.title')}
      note={
        <>
          {canSee && t('course.note')}
          {running && t('course.running', { time: format.time(overview.asOf) })}
        </>
      }
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
      hrefAt={canSee ? hrefAt : undefined}
      onPick={
        canSee
          ? ({ at }) => {
              const href = hrefAt(at);
              if (href) goTo(href);
            }
          : undefined
      }
    />
  );
}

/** Where the customers are who bought on a day of the period. */
function useDayAddress({ days }: Overview) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  return useCallback(
    (at: number) => {
      const day = days[at];
      if (!day) return undefined;
      const name = t('people.buyers', { days: format.day(day) });
      return segmentDraftAddress(to, buyersOf({}, { from: day, to: day }), name);
    },
    [days, t, format, to],
  );
}
