import type { LifecycleStage, RfmGroup } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { Badge, type Tone } from '../ui/index.ts';

const TONES: Record<LifecycleStage, Tone> = {
  prospect: 'quiet',
  new: 'busy',
  active: 'good',
  cooling: 'warn',
  sleeping: 'warn',
  lost: 'bad',
};

/** A stage of the life cycle in a word; what it means, and that it looks at days alone, on hover. */
export function Stage({ stage }: { stage: LifecycleStage }) {
  const { t } = useTranslation('profile');
  return (
    <span title={t('standing', { what: t(`stageHint.${stage}`), how: t('column.lifecycleHelp') })}>
      <Badge tone={TONES[stage]}>{t(`stage.${stage}`)}</Badge>
    </span>
  );
}

/** An RFM group by its name; what it means, and that it is a matter of rank, on hover. */
export function Group({ group }: { group: RfmGroup }) {
  const { t } = useTranslation('profile');
  return (
    <span title={t('standing', { what: t(`groupMeaning.${group}`), how: t('column.rfmGroupHelp') })}>
      {t(`group.${group}`)}
    </span>
  );
}
