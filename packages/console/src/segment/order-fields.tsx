import { CloseOutlined, PlusOutlined } from '@ant-design/icons';
import { api, type ConditionLeaf, type OrderFilter } from '@qianmian/contract';
import { Button, Dropdown, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { channelName } from '../profile/names.ts';
import { useApi } from '../shell/use-api.ts';
import { useFormat } from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';
import { useBuilding } from './builder-context.ts';
import type { ChangeLeaf } from './leaf-fields.tsx';
import { NumberTestFields, WindowFields } from './number-fields.tsx';
import { isMoneyMeasure } from './sentence.ts';
import { useDebounced } from './use-debounced.ts';

type OrderLeaf = Extract<ConditionLeaf, { kind: 'orders' }>;
type Filter = keyof OrderFilter;

const MEASURES = ['count', 'sumCents', 'averageCents', 'quantity'] as const;
const FILTERS: readonly Filter[] = ['categories', 'brands', 'products', 'stores', 'channels'];

/** What is counted of orders, how much, when, and of what they must be. */
export function OrderFields({ leaf, onChange }: { leaf: OrderLeaf; onChange: ChangeLeaf<OrderLeaf> }) {
  const { t } = useTranslation('segment');
  const isMoney = isMoneyMeasure(leaf.measure);
  const where = leaf.where ?? {};
  const used = FILTERS.filter((filter) => where[filter] !== undefined);
  const setWhere = (next: OrderFilter) => {
    const { where: _before, ...rest } = leaf;
    onChange(Object.keys(next).length > 0 ? { ...rest, where: next } : rest);
  };
  const chooseMeasure = (measure: OrderLeaf['measure']) => {
    const keeps = isMoneyMeasure(measure) === isMoney;
    onChange({ ...leaf, measure, test: keeps ? leaf.test : { ...leaf.test, value: Number.NaN } });
  };
  const units = {
    count: t('field.ordersUnit'),
    quantity: t('field.itemsUnit'),
    sumCents: undefined,
    averageCents: undefined,
  };
  return (
    <>
      <Select
        aria-label={t('field.measure')}
        popupMatchSelectWidth={false}
        value={leaf.measure}
        options={MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
        onChange={chooseMeasure}
      />
      <NumberTestFields
        test={leaf.test}
        isMoney={isMoney}
        unit={units[leaf.measure]}
        onChange={(test, field) => onChange({ ...leaf, test }, field)}
      />
      <WindowFields window={leaf.window} onChange={(window, field) => onChange({ ...leaf, window }, field)} />
      <div className="qm-rule-filters">
        {used.map((filter) => (
          <div key={filter} className="qm-rule-filter">
            <span className="qm-note">{t(`filter.${filter}`)}</span>
            <FilterChoice
              filter={filter}
              value={where[filter] ?? []}
              onChange={(values) => setWhere({ ...where, [filter]: values })}
            />
            <Button
              type="text"
              size="small"
              icon={<CloseOutlined />}
              aria-label={t('field.removeFilter', { filter: t(`filter.${filter}`) })}
              title={t('field.removeFilter', { filter: t(`filter.${filter}`) })}
              onClick={() => {
                const { [filter]: _gone, ...rest } = where;
                setWhere(rest);
              }}
            />
          </div>
        ))}
        {used.length < FILTERS.length && (
          <Dropdown
            autoFocus
            trigger={['click']}
            menu={{
              items: FILTERS.filter((filter) => !used.includes(filter)).map((filter) => ({
                key: filter,
                label: t(`filter.${filter}`),
                onClick: () => setWhere({ ...where, [filter]: [] }),
              })),
            }}
          >
            <Button type="text" size="small" icon={<PlusOutlined />}>
              {t('field.addFilter')}
            </Button>
          </Dropdown>
        )}
      </div>
    </>
  );
}

interface ChoiceProps {
  value: string[];
  onChange: (value: string[]) => void;
}

function FilterChoice({ filter, ...choice }: ChoiceProps & { filter: Filter }) {
  const format = useFormat();
  const { t: words } = useTranslation('profile');
  const { vocabulary } = useBuilding();
  const called = useCalled();
  const options = useMemo(() => {
    if (!vocabulary || filter === 'products') return [];
    if (filter === 'stores')
      return vocabulary.stores.map((one) => ({
        value: one.id,
        label: nameIn(format.language, one, one.id),
      }));
    return vocabulary[filter].map((value) => ({
      value,
      label:
        filter === 'channels'
          ? channelName(words, value)
          : called(filter === 'brands' ? 'brand' : 'category', value),
    }));
  }, [vocabulary, filter, format.language, words, called]);
  return filter === 'products' ? (
    <ProductChoice {...choice} />
  ) : (
    <Choice {...choice} filter={filter} options={options} />
  );
}

function Choice({
  filter,
  value,
  onChange,
  options,
  onSearch,
}: ChoiceProps & {
  filter: Filter;
  options: { value: string; label: string }[];
  /** Given where the server looks for them. */
  onSearch?: (typed: string) => void;
}) {
  const { t } = useTranslation('segment');
  return (
    <Select
      mode="multiple"
      className="qm-rule-wide"
      aria-label={t(`filter.${filter}`)}
      placeholder={t('field.choose')}
      value={value}
      options={options}
      showSearch={onSearch ? { filterOption: false, onSearch } : { optionFilterProp: 'label' }}
      onChange={onChange}
    />
  );
}

/** Products are too many to offer at once: they are looked for as one types. */
function ProductChoice({ value, onChange }: ChoiceProps) {
  const format = useFormat();
  const { writing } = useBuilding();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed.trim(), 250);
  const { data } = useApi(
    api.listProducts,
    { query: { search: search || undefined, limit: 30 } },
    { keep: true, staleMs: 60_000 },
  );
  const found = (data?.rows ?? []).map((one) => ({
    value: one.productId,
    label: (format.language === 'zh' && one.nameZh) || one.name || one.productId,
  }));
  const chosen = value
    .filter((id) => !found.some((one) => one.value === id))
    .map((id) => ({ value: id, label: writing.names.product(id) }));
  return (
    <Choice
      filter="products"
      value={value}
      onChange={onChange}
      options={[...chosen, ...found]}
      onSearch={setTyped}
    />
  );
}
