import { api, LIFECYCLE_STAGES, RFM_GROUPS } from '@qianmian/contract';
import { AutoComplete, Button, Select, Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { useApi } from '../shell/use-api.ts';
import { SearchBox } from '../ui/index.ts';
import { type CustomerView, isFiltered, NO_FILTERS } from './customer-filter.ts';

interface FilterProps {
  view: CustomerView;
  set: (change: Partial<CustomerView>, how?: { replace?: boolean }) => void;
}

const STALE = 60_000;

/** Search and filters above the list of customers; all of them live in the address. */
export function CustomerFilters({ view, set }: FilterProps) {
  const { t } = useTranslation('profile');
  const { data: segments } = useApi(api.listSegments, {}, { staleMs: STALE });
  const { data: tags } = useApi(api.listTags, {}, { staleMs: STALE });
  return (
    <>
      <SearchBox
        value={view.search}
        placeholder={t('list.search')}
        width={230}
        onSearch={(search) => set({ search }, { replace: true })}
      />
      <Choice
        label={t('list.lifecycle')}
        value={view.lifecycle}
        options={LIFECYCLE_STAGES.map((value) => ({ value, label: t(`stage.${value}`) }))}
        onChange={(lifecycle) => set({ lifecycle })}
      />
      <Choice
        label={t('list.rfmGroup')}
        value={view.rfmGroup}
        options={RFM_GROUPS.map((value) => ({ value, label: t(`group.${value}`) }))}
        onChange={(rfmGroup) => set({ rfmGroup })}
      />
      <Choice
        label={t('list.segment')}
        value={view.segment}
        options={(segments ?? []).map((one) => ({ value: one.id, label: one.name }))}
        onChange={(segment) => set({ segment })}
      />
      {(view.tag || (tags?.length ?? 0) > 0) && (
        <Choice
          label={t('list.tag')}
          value={view.tag}
          options={(tags ?? []).map((one) => ({ value: one.name, label: one.label || one.name }))}
          onChange={(tag) => set({ tag })}
        />
      )}
      <CityChoice value={view.city} onChange={(city) => set({ city })} />
      {view.recency && (
        <Tag closable onClose={() => set({ recency: undefined })}>
          {t('list.recency', { score: view.recency })}
        </Tag>
      )}
      {view.frequency && (
        <Tag closable onClose={() => set({ frequency: undefined })}>
          {t('list.frequency', { score: view.frequency })}
        </Tag>
      )}
      {isFiltered(view) && (
        <Button type="text" onClick={() => set(NO_FILTERS)}>
          {t('list.clear')}
        </Button>
      )}
    </>
  );
}

function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value | undefined;
  options: { value: Value; label: string }[];
  onChange: (value: Value | undefined) => void;
}) {
  return (
    <Select<Value>
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={label}
      placeholder={label}
      style={{ minWidth: 116 }}
      popupMatchSelectWidth={false}
      value={value}
      options={options}
      onChange={(next?: Value) => onChange(next)}
    />
  );
}

/** Cities as the data name them; any other can be typed. */
function CityChoice({
  value,
  onChange,
}: {
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const { t } = useTranslation('profile');
  const { data } = useApi(api.getVocabulary, {}, { staleMs: 5 * STALE });
  const called = useCalled();
  const options = useMemo(() => {
    const cities = data?.traits.filter((one) => one.name === 'address.city' || one.name === 'city');
    return [...new Set(cities?.flatMap((one) => one.values))].map((city) => ({
      value: called('city', city),
      city,
    }));
  }, [data, called]);
  // People choose and type what a city is called; the filter keeps what the data call it.
  const keyOf = (typed: string) => options.find((one) => one.value === typed)?.city ?? typed;
  return (
    <AutoComplete
      key={value ? called('city', value) : ''}
      allowClear
      aria-label={t('list.city')}
      placeholder={t('list.city')}
      style={{ width: 104 }}
      defaultValue={value && called('city', value)}
      options={options}
      showSearch={{ filterOption: (typed, option) => Boolean(option?.value.includes(typed)) }}
      onSelect={(city: string) => onChange(keyOf(city))}
      onClear={() => onChange(undefined)}
      onBlur={(event) => {
        const typed = keyOf((event.target as HTMLInputElement).value.trim()) || undefined;
        if (typed !== value) onChange(typed);
      }}
      onInputKeyDown={(event) => {
        if (event.key === 'Enter') (event.target as HTMLInputElement).blur();
      }}
    />
  );
}
