import { NUMBER_OPS, type NumberTest, type Window } from '@qianmian/contract';
import { DatePicker, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/index.ts';

/** A number, or money typed in the unit people speak of and kept in the smallest. Empty is NaN. */
export function NumberField({
  value,
  isMoney,
  unit,
  label,
  min,
  onChange,
}: {
  value: number;
  isMoney?: boolean;
  unit?: string;
  label: string;
  min?: number;
  onChange: (value: number) => void;
}) {
  const format = useFormat();
  const shown = Number.isFinite(value) ? (isMoney ? format.major(value) : value) : null;
  return (
    <InputNumber<number>
      className="qm-rule-number"
      aria-label={label}
      controls={false}
      min={min}
      prefix={isMoney ? format.currencySymbol : undefined}
      suffix={unit}
      precision={isMoney ? format.currencyDigits : undefined}
      value={shown}
      onChange={(next) => {
        if (typeof next !== 'number' || !Number.isFinite(next)) return onChange(Number.NaN);
        onChange(isMoney ? format.minor(next) : next);
      }}
    />
  );
}

export function NumberTestFields({
  test,
  isMoney,
  unit,
  onChange,
}: {
  test: NumberTest;
  isMoney?: boolean;
  unit?: string | undefined;
  onChange: (test: NumberTest, field?: string) => void;
}) {
  const { t } = useTranslation('segment');
  return (
    <>
      <Select
        aria-label={t('field.operator')}
        popupMatchSelectWidth={false}
        value={test.op}
        options={NUMBER_OPS.map((value) => ({ value, label: t(`op.${value}`) }))}
        onChange={(op) => onChange({ ...test, op })}
      />
      <NumberField
        label={t('field.number')}
        value={test.value}
        isMoney={isMoney ?? false}
        {...(unit ? { unit } : {})}
        onChange={(value) => onChange({ ...test, value }, 'number')}
      />
    </>
  );
}

const DAY = 'YYYY-MM-DD';

/** When: ever, in the last so many days, or between two days. */
export function WindowFields({
  window,
  onChange,
}: {
  window: Window;
  onChange: (window: Window, field?: string) => void;
}) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const choose = (kind: Window['kind']) => {
    if (kind === window.kind) return;
    if (kind === 'ever') return onChange({ kind });
    if (kind === 'rolling') return onChange({ kind, days: 90 });
    const to = format.dayOf();
    onChange({ kind, from: dayjs(to).subtract(30, 'day').format(DAY), to });
  };
  return (
    <>
      <Select
        aria-label={t('field.window')}
        popupMatchSelectWidth={false}
        value={window.kind}
        options={(['rolling', 'ever', 'absolute'] as const).map((value) => ({
          value,
          label: t(`windowKind.${value}`),
        }))}
        onChange={choose}
      />
      {window.kind === 'rolling' && (
        <NumberField
          label={t('field.days')}
          unit={t('field.daysUnit')}
          value={window.days}
          onChange={(days) => onChange({ ...window, days }, 'days')}
        />
      )}
      {window.kind === 'absolute' &&
        (['from', 'to'] as const).map((end) => (
          <DatePicker
            key={end}
            aria-label={t(`field.${end}`)}
            placeholder={t(`field.${end}`)}
            value={window[end] ? dayjs(window[end]) : null}
            onChange={(day) => onChange({ ...window, [end]: day ? day.format(DAY) : '' })}
          />
        ))}
    </>
  );
}
