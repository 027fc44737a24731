import type { ConditionLeaf, TraitTest, Vocabulary } from '@qianmian/contract';
import { AutoComplete, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/index.ts';
import { useBuilding } from './builder-context.ts';
import type { ChangeLeaf } from './leaf-fields.tsx';
import { NumberField } from './number-fields.tsx';
import { opsOf, testWith, type ValueType } from './trait-test.ts';

type TraitLeaf = Extract<ConditionLeaf, { kind: 'trait' }>;

/** An attribute, how it is compared, and the value; what can be compared depends on what it is. */
export function TraitFields({ leaf, onChange }: { leaf: TraitLeaf; onChange: ChangeLeaf<TraitLeaf> }) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const { vocabulary, writing } = useBuilding();
  const traits = vocabulary?.traits ?? [];
  const known = traits.find((one) => one.name === leaf.trait);
  const offered: { value: string; label: string }[] = traits.map((one) => ({
    value: one.name,
    label: t('field.traitPeople', {
      trait: writing.names.trait(one.name),
      people: format.number(one.people),
    }),
  }));
  if (leaf.trait && !known) offered.unshift({ value: leaf.trait, label: writing.names.trait(leaf.trait) });
  const choose = (trait: string) => {
    const type = traits.find((one) => one.name === trait)?.type ?? 'text';
    const sameType = known?.type === type;
    onChange({ ...leaf, trait, test: sameType ? leaf.test : testWith(type, 'is', null) });
  };
  return (
    <>
      <Select
        className="qm-rule-trait"
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        aria-label={t('field.trait')}
        placeholder={t('field.choose')}
        value={leaf.trait || null}
        options={offered}
        onChange={choose}
      />
      {leaf.trait && (
        <ValueTest
          type={known?.type ?? 'text'}
          values={known?.values ?? []}
          test={leaf.test}
          onChange={(test, field) => onChange({ ...leaf, test }, field)}
        />
      )}
    </>
  );
}

/** A comparison of a value by its type, with the values that are known. */
export function ValueTest({
  type,
  values,
  test,
  onChange,
}: {
  type: ValueType;
  values: Vocabulary['traits'][number]['values'];
  test: TraitTest;
  onChange: (test: TraitTest, field?: string) => void;
}) {
  const { t } = useTranslation('segment');
  const ops = opsOf(type);
  return (
    <>
      <Select<TraitTest['op']>
        aria-label={t('field.operator')}
        popupMatchSelectWidth={false}
        value={test.op}
        options={(ops.includes(test.op) ? ops : [test.op, ...ops]).map((value) => ({
          value,
          label: t(`op.${value}`),
        }))}
        onChange={(op) => onChange(testWith(type, op, test))}
      />
      <ValueField type={type} values={values} test={test} onChange={onChange} />
    </>
  );
}

function ValueField({
  type,
  values,
  test,
  onChange,
}: {
  type: ValueType;
  values: string[];
  test: TraitTest;
  onChange: (test: TraitTest, field?: string) => void;
}) {
  const { t } = useTranslation('segment');
  switch (test.op) {
    case 'exists':
    case 'missing':
      return null;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return (
        <NumberField
          label={t('field.number')}
          value={test.value}
          onChange={(value) => onChange({ ...test, value }, 'value')}
        />
      );
    case 'in':
    case 'notIn':
      return (
        <Select
          mode="tags"
          className="qm-rule-wide"
          aria-label={t('field.values')}
          placeholder={t('field.type')}
          tokenSeparators={[',', '，', ';', '\n']}
          value={test.value.map(String)}
          options={values.map((value) => ({ value, label: value }))}
          onChange={(list: string[]) =>
            onChange({
              ...test,
              value: type === 'number' ? list.map(Number).filter(Number.isFinite) : list,
            })
          }
        />
      );
    case 'contains':
    case 'startsWith':
      return (
        <Input
          className="qm-rule-text"
          aria-label={t('field.value')}
          value={test.value}
          maxLength={200}
          onChange={(event) => onChange({ ...test, value: event.target.value }, 'value')}
        />
      );
    default:
      return <ScalarField type={type} values={values} test={test} onChange={onChange} />;
  }
}

function ScalarField({
  type,
  values,
  test,
  onChange,
}: {
  type: ValueType;
  values: string[];
  test: Extract<TraitTest, { op: 'is' | 'isNot' }>;
  onChange: (test: TraitTest, field?: string) => void;
}) {
  const { t } = useTranslation('segment');
  if (type === 'boolean')
    return (
      <Select
        aria-label={t('field.value')}
        popupMatchSelectWidth={false}
        value={test.value === true}
        options={[
          { value: true, label: t('yes') },
          { value: false, label: t('no') },
        ]}
        onChange={(value: boolean) => onChange({ ...test, value })}
      />
    );
  if (type === 'number')
    return (
      <NumberField
        label={t('field.value')}
        value={typeof test.value === 'number' ? test.value : Number.NaN}
        onChange={(value) => onChange({ ...test, value }, 'value')}
      />
    );
  return (
    <AutoComplete
      className="qm-rule-text"
      aria-label={t('field.value')}
      placeholder={t('field.type')}
      value={String(test.value)}
      options={values.map((value) => ({ value }))}
      showSearch={{
        filterOption: (typed, option) =>
          values.includes(typed) || Boolean(option?.value.toLowerCase().includes(typed.toLowerCase())),
      }}
      onChange={(value: string) => onChange({ ...test, value: value ?? '' }, 'value')}
    />
  );
}
