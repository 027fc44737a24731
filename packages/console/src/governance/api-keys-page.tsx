import { KeyOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { type ApiKey, createKey, revokeKey } from './actions.ts';
import { CreateKey } from './create-key.tsx';

const view = z.object({ create: z.stringbool().default(false) });

/** Keys for programs: what each may do, and when it was last used. */
export default function ApiKeysPage() {
  const { t } = useTranslation('governance');
  const format = useFormat();
  const [{ create }, setView] = useAddressState(view);
  const query = useApi(api.listApiKeys, {});
  const columns = useKeyColumns();
  const count = query.data?.length;
  return (
    <Page
      title={t('pages.apiKeys')}
      headline={
        count === undefined
          ? undefined
          : count === 0
            ? t('keys.headlineNone')
            : t('keys.headline', { count, keys: format.number(count) })
      }
      note={
        <>
          {t('keys.note')}{' '}
          <a href="/docs" target="_blank" rel="noreferrer">
            /docs
          </a>
        </>
      }
      actions={<ActionButton action={createKey} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(keys) => (
          <DataTable
            id="api-keys"
            label={t('pages.apiKeys')}
            columns={columns}
            rows={keys}
            rowKey={(key) => key.id}
            empty={
              <EmptyState
                icon={<KeyOutlined />}
                title={t('keys.empty')}
                text={t('keys.emptyText')}
                action={<ActionButton action={createKey} subject={undefined} />}
              />
            }
          />
        )}
      </Answer>
      <CreateKey open={create} onClose={() => setView({ create: false })} />
    </Page>
  );
}

function useKeyColumns(): Column<ApiKey>[] {
  const { t } = useTranslation('governance');
  const { t: shell } = useTranslation('shell');
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('keys.name'),
        always: true,
        sortable: true,
        width: 240,
        value: (key) => key.name,
      },
      {
        key: 'prefix',
        title: t('keys.prefix'),
        value: (key) => key.prefix,
        cell: (key) => <code>{key.prefix}…</code>,
      },
      { key: 'role', title: t('keys.role'), sortable: true, value: (key) => shell(`role.${key.role}`) },
      {
        key: 'lastUsedAt',
        title: t('keys.used'),
        sortable: true,
        value: (key) => key.lastUsedAt,
        cell: (key) => (key.lastUsedAt ? <DateText at={key.lastUsedAt} as="ago" /> : t('keys.never')),
      },
      {
        key: 'createdAt',
        title: t('keys.created'),
        sortable: true,
        value: (key) => key.createdAt,
        cell: (key) => <DateText at={key.createdAt} />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        width: 120,
        align: 'right',
        cell: (key) => <ActionButton action={revokeKey} subject={key} size="small" type="text" />,
      },
    ],
    [t, shell],
  );
}
