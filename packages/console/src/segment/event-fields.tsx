import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import type { ConditionLeaf, PropertyTest } from '@qianmian/contract';
import { AutoComplete, Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/index.ts';
import { useBuilding } from './builder-context.ts';
import type { ChangeLeaf } from './leaf-fields.tsx';
import { NumberTestFields, WindowFields } from './number-fields.tsx';
import { ValueTest } from './trait-fields.tsx';

type EventLeaf = Extract<ConditionLeaf, { kind: 'events' }>;

/** What was done, how many times, when, and tests on its properties. */
export function EventFields({ leaf, onChange }: { leaf: EventLeaf; onChange: ChangeLeaf<EventLeaf> }) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const { vocabulary, writing } = useBuilding();
  const events = vocabulary?.events ?? [];
  const offered: { value: string; label: string }[] = events.map((one) => ({
    value: one.name,
    label: `${writing.names.event(one.name)} (${format.compact(one.count)})`,
  }));
  if (leaf.event && !events.some((one) => one.name === leaf.event))
    offered.unshift({ value: leaf.event, label: writing.names.event(leaf.event) });
  const tests = leaf.where ?? [];
  const setTests = (where: PropertyTest[], field?: string) => {
    const { where: _before, ...rest } = leaf;
    onChange(where.length > 0 ? { ...rest, where } : rest, field);
  };
  return (
    <>
      <Select
        className="qm-rule-trait"
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={false}
        aria-label={t('field.event')}
        placeholder={t('field.choose')}
        value={leaf.event || null}
        options={offered}
        onChange={(event: string) => onChange({ ...leaf, event })}
      />
      <NumberTestFields
        test={leaf.test}
        unit={t('field.timesUnit')}
        onChange={(test, field) => onChange({ ...leaf, test }, field)}
      />
      <WindowFields window={leaf.window} onChange={(window, field) => onChange({ ...leaf, window }, field)} />
      <div className="qm-rule-filters">
        {tests.map((test, n) => (
          <PropertyFields
            // biome-ignore lint/suspicious/noArrayIndexKey: fields hold no state of their own
            key={n}
            test={test}
            properties={events.find((one) => one.name === leaf.event)?.properties ?? []}
            onChange={(next, field) => setTests(tests.with(n, next), field && `where.${n}.${field}`)}
            onRemove={() => setTests(tests.toSpliced(n, 1))}
          />
        ))}
        {tests.length < 20 && (
          <Button
            type="text"
            size="small"
            icon={<PlusOutlined />}
            onClick={() => setTests([...tests, { property: '', test: { op: 'is', value: '' } }])}
          >
            {t('field.addTest')}
          </Button>
        )}
      </div>
    </>
  );
}

function PropertyFields({
  test,
  properties,
  onChange,
  onRemove,
}: {
  test: PropertyTest;
  properties: string[];
  onChange: (test: PropertyTest, field?: string) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('segment');
  return (
    <div className="qm-rule-filter">
      <AutoComplete
        className="qm-rule-text"
        aria-label={t('field.property')}
        placeholder={t('field.property')}
        value={test.property}
        options={properties.map((value) => ({ value }))}
        showSearch={{ filterOption: (typed, option) => Boolean(option?.value.includes(typed)) }}
        onChange={(property: string) => onChange({ ...test, property: property ?? '' }, 'property')}
      />
      <ValueTest
        type="any"
        values={[]}
        test={test.test}
        onChange={(next, field) => onChange({ ...test, test: next }, field)}
      />
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined />}
        aria-label={t('field.removeTest')}
        title={t('field.removeTest')}
        onClick={onRemove}
      />
    </div>
  );
}
