import { Alert, Button, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from './use-format.ts';

/** Says that someone else changed what is being written at, and asks whose is to stay. */
export function NewerChoice({
  newer,
  differences,
  onTheirs,
  onMine,
}: {
  newer: { by: string; at: string };
  /** Names of the fields in which both differ. */
  differences: readonly string[];
  onTheirs: () => void;
  onMine: () => void;
}) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      className="qm-newer"
      title={t('newer.title', { by: newer.by, at: format.dateTime(newer.at) })}
      description={
        <>
          <p>{t('newer.text', { what: format.list(differences) })}</p>
          <Space wrap>
            <Button onClick={onTheirs}>{t('newer.theirs')}</Button>
            <Button onClick={onMine}>{t('newer.mine')}</Button>
          </Space>
        </>
      }
    />
  );
}
