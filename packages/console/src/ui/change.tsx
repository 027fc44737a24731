import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';

/** Which direction is welcome; `none` where neither is. */
export type Meaning = 'up' | 'down' | 'none';

/** Good, bad or neither: what a change means. Under a tenth of a per cent nothing has changed. */
export function verdict(by: number, meaning: Meaning): 'good' | 'bad' | 'flat' {
  if (meaning === 'none' || Math.abs(by) < 0.0005) return 'flat';
  return by > 0 === (meaning === 'up') ? 'good' : 'bad';
}

/** A change with its direction as a sign and a word, coloured only by what it means. */
export function Change({
  by,
  text,
  meaning = 'up',
}: {
  by: number | null;
  text?: string;
  meaning?: Meaning;
}) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  if (by === null)
    return (
      <span className="qm-change qm-change-flat" title={t('change.none')}>
        –
      </span>
    );
  const flat = Math.abs(by) < 0.0005;
  const written = text ?? format.change(by);
  const said = flat
    ? t('change.flat')
    : t(by > 0 ? 'change.up' : 'change.down', { by: written.replace(/^[+-]/, '') });
  return (
    <span className={`qm-change qm-change-${verdict(by, meaning)}`}>
      <span aria-hidden="true">
        {flat ? '＝' : by > 0 ? '▲' : '▼'} {written}
      </span>
      <span className="qm-sr">{said}</span>
    </span>
  );
}
