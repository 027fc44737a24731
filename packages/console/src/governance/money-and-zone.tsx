import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { FormField } from '../ui/index.ts';
import { countryOptions, currencies, currencyLabel, timeZones } from './money-places.ts';

/** The fields that decide how sums, days and phone numbers are read. */
export function MoneyAndZone({
  disabled,
  isCurrencyFixed = false,
}: {
  disabled?: boolean;
  /** There are amounts in the currency: it stays. */
  isCurrencyFixed?: boolean;
}) {
  const { t, i18n } = useTranslation('governance');
  const money = useMemo(
    () => currencies().map((value) => ({ value, label: currencyLabel(value, i18n.language) })),
    [i18n.language],
  );
  const zones = useMemo(() => timeZones().map((value) => ({ value, label: value.replaceAll('_', ' ') })), []);
  const countries = useMemo(() => countryOptions(i18n.language), [i18n.language]);
  return (
    <>
      <FormField
        name="currency"
        label={t('workspace.currency')}
        hint={t(isCurrencyFixed ? 'workspace.currencyFixed' : 'workspace.currencyHint')}
      >
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={money}
          disabled={isCurrencyFixed || disabled}
        />
      </FormField>
      <FormField name="timeZone" label={t('workspace.timeZone')} hint={t('workspace.timeZoneHint')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={zones} disabled={disabled} />
      </FormField>
      <FormField name="country" label={t('workspace.country')} hint={t('workspace.countryHint')}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          options={countries}
          disabled={disabled}
          allowClear
          placeholder={t('workspace.countryNone')}
        />
      </FormField>
    </>
  );
}
