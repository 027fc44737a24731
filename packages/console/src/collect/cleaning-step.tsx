import {
  CLEAN_SUBJECTS,
  type CleanStep,
  DATE_FORMATS,
  IMPOSSIBLE_RULES,
  isActing,
  LINE_FIELDS,
  PRODUCT_FIELDS,
  UNIT_NAMES,
} from '@qianmian/contract';
import { AutoComplete, Checkbox, Input, InputNumber, Select } from 'antd';
import { cloneElement, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { wordsOf, wordsText } from './cleaning-draft.ts';
import { Labelled } from './labelled.tsx';

type Change = (step: CleanStep) => void;

/** What a step acts on and how, to be edited. */
export function StepForm({ step, onChange }: { step: CleanStep; onChange: Change }) {
  return (
    <div className="qm-clean-form">
      {isActing(step) && <TargetFields step={step} onChange={onChange} />}
      <KindFields step={step} onChange={onChange} />
    </div>
  );
}

function TargetFields({ step, onChange }: { step: Extract<CleanStep, { on: object }>; onChange: Change }) {
  const { t } = useTranslation('collect');
  const { on } = step;
  const fields = on.subject === 'line' ? LINE_FIELDS : on.subject === 'product' ? PRODUCT_FIELDS : [];
  const put = (more: Partial<typeof on>) => onChange({ ...step, on: { ...on, ...more } } as CleanStep);
  return (
    <>
      <Named label={t('cleaning.subject')}>
        <Select
          value={on.subject}
          onChange={(subject) =>
            onChange({
              ...step,
              on: {
                subject,
                field: subject === 'line' ? 'channel' : subject === 'product' ? 'category' : 'name',
              },
            } as CleanStep)
          }
          options={CLEAN_SUBJECTS.map((value) => ({ value, label: t(`cleaning.subjects.${value}`) }))}
        />
      </Named>
      <Named label={t('cleaning.field')}>
        <AutoComplete
          value={on.field}
          onChange={(field) => put({ field })}
          options={fields.map((value) => ({ value }))}
        />
      </Named>
      {on.subject === 'event' && (
        <Named label={t('cleaning.event')}>
          <Input value={on.event ?? ''} onChange={(e) => put({ event: e.target.value || undefined })} />
        </Named>
      )}
    </>
  );
}

function KindFields({ step, onChange }: { step: CleanStep; onChange: Change }) {
  const { t } = useTranslation('collect');
  const number = (label: string, value: number, set: (value: number) => CleanStep) => (
    <Named label={label}>
      <InputNumber value={value} onChange={(next) => next !== null && onChange(set(next))} />
    </Named>
  );
  const choice = <T extends string>(
    label: string,
    value: T | undefined,
    values: readonly T[],
    name: (value: T) => string,
    set: (value: T) => CleanStep,
  ) => (
    <Named label={label}>
      <Select
        value={value}
        onChange={(next) => onChange(set(next))}
        options={values.map((one) => ({ value: one, label: name(one) }))}
      />
    </Named>
  );
  switch (step.kind) {
    case 'text':
      return choice(
        t('cleaning.letters'),
        step.letters,
        ['keep', 'lower', 'upper', 'title'],
        (one) => t(`cleaning.letter.${one}`),
        (letters) => ({ ...step, letters }),
      );
    case 'date':
      return (
        <Named label={t('cleaning.formats')}>
          <Select
            mode="multiple"
            value={step.formats}
            onChange={(formats) => formats.length > 0 && onChange({ ...step, formats })}
            options={DATE_FORMATS.map((value) => ({ value, label: t(`cleaning.format.${value}`) }))}
          />
        </Named>
      );
    case 'unit':
      return (
        <>
          {choice(t('cleaning.unitTo'), step.to, UNIT_NAMES, String, (to) => ({ ...step, to }))}
          {choice(
            t('cleaning.unitFrom'),
            step.from ?? '',
            ['', ...UNIT_NAMES],
            (one) => one || '—',
            (from) => ({
              ...step,
              from: from || undefined,
            }),
          )}
        </>
      );
    case 'scale':
      return number(t('cleaning.factor'), step.factor, (factor) => ({ ...step, factor }));
    case 'category':
      return <WordsField key={step.id} step={step} onChange={onChange} />;
    case 'missing':
      return (
        <>
          {choice(
            t('cleaning.put'),
            step.method,
            ['constant', 'mode', 'median', 'last'],
            (one) => t(`cleaning.methods.${one}`),
            (method) => ({ ...step, method }),
          )}
          {step.method === 'constant' ? (
            <Named label={t('cleaning.value')}>
              <Input
                value={String(step.value ?? '')}
                onChange={(e) => onChange({ ...step, value: e.target.value || undefined })}
              />
            </Named>
          ) : (
            choice(
              t('cleaning.by'),
              step.by,
              step.on.subject === 'product' ? ['all', 'brand', 'category'] : ['all', 'product', 'store'],
              (one) => t(`cleaning.within.${one}`),
              (by) => ({ ...step, by }),
            )
          )}
          <Checkbox
            checked={step.zeroIsMissing}
            onChange={(e) => onChange({ ...step, zeroIsMissing: e.target.checked })}
          >
            {t('cleaning.zero')}
          </Checkbox>
        </>
      );
    case 'impossible':
      return (
        <Named label={t('cleaning.rules')}>
          <Select
            mode="multiple"
            value={step.rules}
            onChange={(rules) => rules.length > 0 && onChange({ ...step, rules })}
            options={IMPOSSIBLE_RULES.map((value) => ({
              value,
              label: t(`cleaning.reason.${value}`, { value: '≤ 0' }),
            }))}
          />
        </Named>
      );
    case 'outlier':
      return (
        <>
          {choice(
            t('cleaning.measure'),
            step.measure,
            ['unitPriceCents', 'quantity', 'netCents'],
            (one) => t(`cleaning.measures.${one}`),
            (measure) => ({ ...step, measure }),
          )}
          {number(t('cleaning.threshold'), step.threshold, (threshold) => ({ ...step, threshold }))}
          {number(t('cleaning.times'), step.times, (times) => ({ ...step, times }))}
        </>
      );
    case 'season':
      return (
        <>
          {choice(
            t('cleaning.measure'),
            step.measure,
            ['orders', 'sales'],
            (one) => t(`cleaning.measures.${one}`),
            (measure) => ({
              ...step,
              measure,
            }),
          )}
          {number(t('cleaning.threshold'), step.threshold, (threshold) => ({ ...step, threshold }))}
        </>
      );
    case 'similar':
      return number(t('cleaning.similarity'), step.similarity, (similarity) => ({ ...step, similarity }));
    case 'repeated':
      return number(t('cleaning.minutes'), step.minutes, (minutes) => ({ ...step, minutes }));
    default:
      return null;
  }
}

function WordsField({
  step,
  onChange,
}: {
  step: Extract<CleanStep, { kind: 'category' }>;
  onChange: Change;
}) {
  const { t } = useTranslation('collect');
  const [text, setText] = useState(() => wordsText(step.words));
  return (
    <Named label={t('cleaning.words')}>
      <Input.TextArea
        autoSize={{ minRows: 3, maxRows: 12 }}
        value={text}
        onChange={(e) => {
          setText(e.target.value);
          onChange({ ...step, words: wordsOf(e.target.value) });
        }}
      />
    </Named>
  );
}

/** A control with its name above. */
function Named({ label, children }: { label: string; children: ReactElement<{ id?: string }> }) {
  return <Labelled label={label}>{(id) => cloneElement(children, { id })}</Labelled>;
}
