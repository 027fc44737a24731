import { LIFECYCLE_STAGES, type Overview } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { Panel, SplitBar, useFormat, usePalette } from '../ui/index.ts';

/** From not yet to no longer: how many people stand at each stage, each leading to them. */
export function LifecycleBar({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const { palette } = usePalette();
  const counts = new Map(overview.lifecycle.map((one) => [one.stage, one.people]));
  const colours = [palette.faint, ...palette.ramp.slice(1).reverse()];
  return (
    <Panel
      title={t('lifecycle.title')}
      note={t('lifecycle.note', { people: format.number(overview.people) })}
    >
      <SplitBar
        label={t('lifecycle.title')}
        of={LIFECYCLE_STAGES.map((stage, at) => ({
          key: stage,
          label: t(`lifecycle.${stage}`),
          value: counts.get(stage) ?? 0,
          text: format.number(counts.get(stage) ?? 0),
          href: to('/customers', { lifecycle: stage }),
          hint: t('lifecycle.open'),
          colour: colours[at],
        }))}
      />
    </Panel>
  );
}
