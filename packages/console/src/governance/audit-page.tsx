import { AuditOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useWorkspace } from '../shell/session.tsx';
import { useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Loading,
  Page,
  useFormat,
  Why,
} from '../ui/index.ts';
import { actionWords, actorWords, detailLine, type Entry, targetPage, targetWords } from './audit-words.ts';

/** Who did what, newest first. */
export default function AuditPage() {
  const { t } = useTranslation('governance');
  const workspace = useWorkspace();
  const list = useApiPages(api.listAudit, { query: { limit: 200 } }, { everyMs: 60_000 });
  const columns = useAuditColumns(list.rows);
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

/** What an entry is about, by its name, leading to its page while it is there. */
function Target({ entry, isGone }: { entry: Entry; isGone: boolean }) {
  const { t } = useTranslation('governance');
  const to = useTo();
  const words = targetWords(entry, t);
  const page = isGone ? null : targetPage(entry);
  return page ? <Anchor href={to(page)}>{words}</Anchor> : words;
}

function useAuditColumns(entries: readonly Entry[]): Column<Entry>[] {
  const { t } = useTranslation('governance');
  const format = useFormat();
  const gone = useMemo(
    () => new Set(entries.flatMap(({ action, target }) => (/\.delete$/.test(action) ? target : []))),
    [entries],
  );
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
      { key: 'actor', title: t('audit.actor'), width: 180, value: (entry) => actorWords(entry.actor, t) },
      {
        key: 'action',
        title: t('audit.action'),
        width: 200,
        value: (entry) => entry.action,
        cell: (entry) => <span title={entry.action}>{actionWords(entry.action, t)}</span>,
      },
      {
        key: 'target',
        title: t('audit.target'),
        width: 240,
        value: (entry) => targetWords(entry, t),
        cell: (entry) => <Target entry={entry} isGone={gone.has(entry.target)} />,
      },
      {
        key: 'detail',
        title: t('audit.detail'),
        width: 280,
        value: (entry) => detailLine(entry),
        cell: (entry) =>
          detailLine(entry) !== '' && (
            <>
              <Why title={t('audit.detail')}>
                <pre className="qm-code">{JSON.stringify(entry.detail, null, 2)}</pre>
              </Why>
              {detailLine(entry)}
            </>
          ),
      },
    ],
    [t, format, gone],
  );
}
