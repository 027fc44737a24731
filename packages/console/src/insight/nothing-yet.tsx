import { ShoppingOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useGo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { EmptyState } from '../ui/index.ts';

/** A workspace without a single order: says how the first ones come in. */
export function NothingYet() {
  const { t } = useTranslation('insight');
  const go = useGo();
  const canImport = useCan('data.write');
  return (
    <EmptyState
      icon={<ShoppingOutlined />}
      title={t('empty.title')}
      text={t('empty.text')}
      action={
        canImport && (
          <>
            <Button type="primary" onClick={() => go('/imports')}>
              {t('empty.import')}
            </Button>
            <Button onClick={() => go('/sources')}>{t('empty.source')}</Button>
          </>
        )
      }
    />
  );
}
