import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/index.ts';
import { intervalScale } from './interval-scale.ts';

interface IntervalPlotProps {
  label: string;
  of: { value: number; low: number; high: number; pValue: number | null };
  write: (value: number) => string;
  note?: ReactNode;
  /** The number is not to be trusted. */
  muted?: boolean;
}

/** An estimated difference on a line: its interval as a band, no effect as a mark. */
export function IntervalPlot({ label, of, write, note, muted }: IntervalPlotProps) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const at = intervalScale(of);
  const percent = (share: number) => `${share * 100}%`;
  const meaning = muted ? 'none' : of.low > 0 ? 'good' : of.high < 0 ? 'bad' : 'none';
  const ends = { low: write(of.low), high: write(of.high) };
  return (
    <div className="qm-effect">
      <p className="qm-effect-head">
        <span>{label}</span>
        <strong className={`qm-effect-${meaning}`}>{write(of.value)}</strong>
      </p>
      <div
        className={`qm-effect-line qm-effect-${meaning}`}
        role="img"
        aria-label={t('report.effectText', { what: label, value: write(of.value), ...ends })}
      >
        <span className="qm-effect-zero" style={{ insetInlineStart: percent(at.zero) }} />
        <span
          className="qm-effect-band"
          style={{ insetInlineStart: percent(at.low), width: percent(at.high - at.low) }}
        />
        <span className="qm-effect-dot" style={{ insetInlineStart: percent(at.value) }} />
      </div>
      <p className="qm-effect-foot qm-note">
        <span>{format.interval(of.low, of.high, write)}</span>
        <span>
          {of.pValue === null
            ? t('report.rough')
            : t('report.pValue', { p: of.pValue < 0.001 ? '< 0.001' : `= ${format.number(of.pValue, 3)}` })}
        </span>
      </p>
      {note && <p className="qm-note">{note}</p>}
    </div>
  );
}
