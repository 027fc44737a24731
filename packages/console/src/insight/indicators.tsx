import type { Indicator, Overview } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { type Format, Stat, Stats, useFormat } from '../ui/index.ts';
import { peopleBehind } from './people-behind-numbers.ts';

/** How the value of an indicator is written. */
export function writeIndicator(key: Indicator['key'], value: number, format: Format): string {
  if (key === 'repeatRate') return format.percent(value);
  if (key === 'salesCents') return format.moneyShort(value);
  return key === 'averageOrderCents' ? format.money(value) : format.compact(value);
}

/**
 * The five numbers of the overview, each with its course and leading to the people behind it. A rate changes by points,
 * the rest by per cent.
 */
export function Indicators({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const days = format.days(overview.from, overview.to);
  const hrefOf = (key: Indicator['key']) => {
    const behind = peopleBehind(key, overview);
    const name = t(key === 'repeatRate' ? 'people.repeaters' : 'people.buyers', { days });
    return behind && canSee ? segmentDraftAddress(to, behind, name) : undefined;
  };
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
          href={hrefOf(one.key)}
          title={t(one.key === 'repeatRate' ? 'people.openRepeaters' : 'people.openBuyers')}
        />
      ))}
    </Stats>
  );
}
