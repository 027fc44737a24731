import type { Indicator, Overview } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { type Format, Stat, Stats, useFormat } from '../ui/index.ts';

/** How the value of an indicator is written. */
export function writeIndicator(key: Indicator['key'], value: number, format: Format): string {
  if (key === 'repeatRate') return format.percent(value);
  if (key === 'salesCents') return format.moneyShort(value);
  return key === 'averageOrderCents' ? format.money(value) : format.compact(value);
}

/** The five numbers of the overview, each with its course. A rate changes by points, the rest by per cent. */
export function Indicators({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  return (
    <Stats>
      {overview.indicators.map((one) => (
        <Stat
          key={one.key}
          label={
            one.key === 'repeatRate' ? (
              <abbr title={t('help.repeatRate')}>{t('indicator.repeatRate')}</abbr>
            ) : (
              t(`indicator.${one.key}`)
            )
          }
          value={writeIndicator(one.key, one.value, format)}
          change={one.key === 'repeatRate' ? one.value - one.previous : one.change}
          changeText={one.key === 'repeatRate' ? format.points(one.value - one.previous) : undefined}
          trend={one.daily}
          trendBefore={one.previousDaily}
        />
      ))}
    </Stats>
  );
}
