import type { LifecycleStage } from '@qianmian/contract';
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

/** A stage of the life cycle in a word. */
export function Stage({ stage }: { stage: LifecycleStage }) {
  const { t } = useTranslation('profile');
  return <Badge tone={TONES[stage]}>{t(`stage.${stage}`)}</Badge>;
}
