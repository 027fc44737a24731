import { AuditOutlined } from '@ant-design/icons';
import { type AnswerOf, api } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../shell/session.tsx';
import { useApiPages } from '../shell/use-api.ts';
import { Answer, type Column, DataTable, EmptyState, Loading, Page, useFormat, Why } from '../ui/index.ts';
import { actionWords, detailLine } from './audit-words.ts';

type Entry = AnswerOf<typeof api.listAudit>['rows'][number];

/** Who did what, newest first. */
export default function AuditPage() {
  const { t } = useTranslation('governance');
  const workspace = useWorkspace();
  const list = useApiPages(api.listAudit, { query: { limit: 200 } }, { everyMs: 60_000 });
  const columns = useAuditColumns();
  return (
    <Page title={t('pages.audit')} headline={t('audit.headline', { workspace: workspace.name })}>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="audit"
            label={t('pages.audit')}
            columns={columns}
            rows={rows}
            rowKey={(entry) => entry.id}
            total={list.total}
            more={list.more}
            loading={list.loading}
            empty={
              <EmptyState icon={<AuditOutlined />} title={t('audit.empty')} text={t('audit.emptyText')} />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

function useAuditColumns(): Column<Entry>[] {
  const { t } = useTranslation('governance');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'at',
        title: t('audit.at'),
        always: true,
        width: 230,
        value: (entry) => entry.at,
        cell: (entry) => format.dateTimeExact(entry.at),
      },
      { key: 'actor', title: t('audit.actor'), width: 180, value: (entry) => entry.actor },
      {
        key: 'action',
        title: t('audit.action'),
        width: 200,
        value: (entry) => entry.action,
        cell: (entry) => <span title={entry.action}>{actionWords(entry.action, t)}</span>,
      },
      { key: 'target', title: t('audit.target'), width: 200, value: (entry) => entry.target },
      {
        key: 'detail',
        title: t('audit.detail'),
        width: 280,
        value: (entry) => detailLine(entry.detail),
        cell: (entry) =>
          Object.keys(entry.detail).length > 0 && (
            <>
              <Why title={t('audit.detail')}>
                <pre className="qm-code">{JSON.stringify(entry.detail, null, 2)}</pre>
              </Why>
              {detailLine(entry.detail)}
            </>
          ),
      },
    ],
    [t, format],
  );
}
