import { ExclamationCircleOutlined, LockOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslation } from 'react-i18next';

interface EmptyProps {
  /** What will be here, as a statement. */
  title: ReactNode;
  /** Why it is empty and what to do next. */
  text?: ReactNode;
  /** The next step, as a button. */
  action?: ReactNode;
  icon?: ReactNode;
  /** Inside a panel or table rather than on a page of its own. */
  small?: boolean;
}

/** A page or panel with nothing in it yet: says the next step. */
export function EmptyState({ title, text, action, icon, small }: EmptyProps) {
  return (
    <div className={small ? 'qm-state qm-state-small' : 'qm-state'}>
      {icon && (
        <div className="qm-state-icon" aria-hidden="true">
          {icon}
        </div>
      )}
      <p className="qm-state-title">{title}</p>
      {text && <p className="qm-state-text">{text}</p>}
      {action && <div className="qm-state-action">{action}</div>}
    </div>
  );
}

/** What an error says to its reader. The shell gives the words for what its API client throws. */
export interface ErrorWords {
  title?: string;
  text: string;
  forbidden?: boolean;
}
export const ErrorWordsContext = createContext<(error: unknown) => ErrorWords | null>(() => null);

/** Something that did not load, and the way to try it again. */
export function ErrorState({
  error,
  onRetry,
  small,
}: {
  error: unknown;
  onRetry?: () => void;
  small?: boolean;
}) {
  const { t } = useTranslation('ui');
  const words = useContext(ErrorWordsContext)(error);
  if (words?.forbidden) return <NoPermission small={small} />;
  return (
    <div role="alert">
      <EmptyState
        small={small}
        icon={<ExclamationCircleOutlined />}
        title={words?.title ?? t('error.title')}
        text={words?.text ?? t('error.text')}
        action={onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
      />
    </div>
  );
}

/** What the reader's role does not include. */
export function NoPermission({ small }: { small?: boolean }) {
  const { t } = useTranslation('ui');
  return (
    <EmptyState
      small={small}
      icon={<LockOutlined />}
      title={t('noPermission.title')}
      text={t('noPermission.text')}
    />
  );
}

/** The shape of what is coming, so that nothing jumps. */
export function Loading({ kind = 'panel' }: { kind?: 'page' | 'panel' | 'table' | 'text' }) {
  const { t } = useTranslation('ui');
  const rows = { page: 10, panel: 5, table: 9, text: 2 }[kind];
  return (
    <div className={`qm-loading qm-loading-${kind}`} role="status" aria-label={t('loading')}>
      {kind === 'page' && (
        <div className="qm-stats">
          {[0, 1, 2, 3].map((at) => (
            <div className="qm-stat" key={at}>
              <Skeleton active title={false} paragraph={{ rows: 2, width: ['50%', '80%'] }} />
            </div>
          ))}
        </div>
      )}
      <Skeleton active title={kind === 'page'} paragraph={{ rows, width: '100%' }} />
    </div>
  );
}

interface Asked<T> {
  data: T | undefined;
  error: unknown;
  refetch: () => unknown;
}

/** Shows what was asked for, or that it is loading, failed or forbidden: `<Answer of={query}>{(data) => …}</Answer>`. */
export function Answer<T>({
  of,
  loading,
  small,
  children,
}: {
  of: Asked<T>;
  loading?: ReactNode;
  small?: boolean;
  children: (data: T) => ReactNode;
}) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <ErrorState error={of.error} onRetry={() => void of.refetch()} small={small} />;
  return <>{loading ?? <Loading kind={small ? 'text' : 'panel'} />}</>;
}
