import { QuestionCircleOutlined } from '@ant-design/icons';
import { Button, Popover } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** The facts behind a number, one click away. `label` replaces the plain question mark by words. */
export function Why({
  title,
  label,
  children,
}: {
  title: ReactNode;
  label?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation('ui');
  return (
    <Popover trigger="click" title={title} content={<div className="qm-why">{children}</div>}>
      <Button
        type="text"
        size="small"
        icon={<QuestionCircleOutlined />}
        aria-label={label ? undefined : t('why')}
        className="qm-why-button"
      >
        {label}
      </Button>
    </Popover>
  );
}
