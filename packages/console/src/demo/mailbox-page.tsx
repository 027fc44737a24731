import { api } from '@qianmian/contract';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo } from '../shell/address.ts';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  SearchBox,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { LetterView } from './letter-view.tsx';

const view = z.object({ search: z.string().default(''), letter: z.string().optional() });

interface Row {
  id: string;
  receivedAt: string;
  from: string;
  to: string;
  subject: string;
}

/** Every letter that the demo sent, as its recipient would have it. */
export default function MailboxPage() {
  const { t } = useTranslation('demo');
  const format = useFormat();
  const go = useGo();
  const [{ search, letter }, setView] = useAddressState(view);
  const { data: state } = useApi(api.getDemo, {});
  const letters = useApiPages(
    api.listLetters,
    { query: { search: search || undefined } },
    { keep: true, everyMs: 15_000 },
  );
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        key: 'subject',
        title: t('mailbox.subject'),
        value: (row) => row.subject || t('mailbox.noSubject'),
        always: true,
        width: 320,
      },
      { key: 'to', title: t('mailbox.to'), value: (row) => row.to, width: 240 },
      { key: 'from', title: t('mailbox.from'), value: (row) => row.from, width: 240 },
      {
        key: 'receivedAt',
        title: t('mailbox.received'),
        value: (row) => row.receivedAt,
        cell: (row) => <DateText at={row.receivedAt} as="dateTime" />,
        width: 180,
      },
    ],
    [t],
  );
  if (letter) return <LetterView id={letter} />;
  return (
    <Page
      title={t('pages.mailbox')}
      headline={
        state && state.letters > 0
          ? t('mailbox.headline', { count: state.letters, letters: format.number(state.letters) })
          : undefined
      }
      note={t('mailbox.note')}
    >
      <Answer of={letters} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="letters"
            label={t('pages.mailbox')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onRowClick={(row) => setView({ letter: row.id })}
            total={letters.total}
            more={letters.more}
            loading={letters.loading}
            toolbar={
              <SearchBox
                value={search}
                placeholder={t('mailbox.search')}
                onSearch={(next) => setView({ search: next }, { replace: true })}
              />
            }
            empty={
              search ? (
                <EmptyState small title={t('mailbox.nothing')} />
              ) : (
                <EmptyState
                  title={t('mailbox.empty')}
                  text={t('mailbox.emptyText')}
                  action={
                    <Button type="primary" onClick={() => go('/campaigns')}>
                      {t('mailbox.emptyAction')}
                    </Button>
                  }
                />
              )
            }
          />
        )}
      </Answer>
    </Page>
  );
}
