import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/index.ts';

/** Says plainly, before it is tried, that amounts of another currency than the workspace’s are turned away. */
export function CurrencyStays({ currency }: { currency: string | null }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  if (currency === null || currency === format.currency) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('draft.currencyStays', { own: currency })}
      description={t('draft.currencyStaysText', { own: currency, workspace: format.currency })}
    />
  );
}
