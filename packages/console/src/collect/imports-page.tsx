import { ImportOutlined } from '@ant-design/icons';
import { api, IMPORTS_LISTED, type ImportRun } from '@qianmian/contract';
import { Progress } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  useFormat,
} from '../ui/index.ts';
import { newImport } from './actions.ts';
import { broughtWords, filesWords, IMPORT_TONES, importsHeadline, isMoving } from './import-words.ts';

/** What was brought in from files: state, what came in, what did not. */
export default function ImportsPage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const to = useTo();
  const query = useApi(api.listImports, {}, { everyMs: 3000 });
  const columns = useImportColumns();
  const { data } = query;
  return (
    <Page
      title={t('pages.imports')}
      headline={data && importsHeadline(data, t, format)}
      note={
        data && data.length > 0
          ? t(data.length < IMPORTS_LISTED ? 'imports.note' : 'imports.cut', {
              listed: format.number(IMPORTS_LISTED),
            })
          : undefined
      }
      actions={<ActionButton action={newImport} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(runs) => (
          <DataTable
            id="imports"
            label={t('pages.imports')}
            columns={columns}
            rows={runs}
            rowKey={(run) => run.id}
            rowHref={(run) => to(`/imports/${run.id}`)}
            empty={
              <EmptyState
                icon={<ImportOutlined />}
                title={t('imports.empty')}
                text={t('imports.emptyText')}
                action={<ActionButton action={newImport} subject={undefined} />}
              />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

function useImportColumns(): Column<ImportRun>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'files',
        title: t('imports.files'),
        value: (run) => filesWords(run, t),
        always: true,
        width: 280,
      },
      {
        key: 'state',
        title: t('imports.state'),
        value: (run) => t(`state.${run.state}`),
        cell: (run) => <StateCell run={run} />,
        sortable: true,
        width: 180,
      },
      {
        key: 'brought',
        title: t('imports.brought'),
        value: (run) => (run.state === 'done' ? broughtWords(run, t, format) : ''),
        cell: (run) => (run.state === 'done' ? broughtWords(run, t, format) : '–'),
        width: 360,
      },
      {
        key: 'rows',
        title: t('imports.rows'),
        value: (run) => run.totals.rows,
        cell: (run) => format.number(run.totals.rows),
        align: 'right',
        sortable: true,
        width: 110,
      },
      {
        key: 'rejected',
        title: t('imports.rejected'),
        value: (run) => run.totals.rejected,
        cell: (run) => format.number(run.totals.rejected),
        align: 'right',
        sortable: true,
        width: 120,
      },
      {
        key: 'created',
        title: t('imports.created'),
        value: (run) => run.createdAt,
        cell: (run) => <DateText at={run.createdAt} as="dateTime" />,
        sortable: true,
        width: 204,
      },
      { key: 'by', title: t('imports.by'), value: (run) => run.createdBy, width: 120 },
    ],
    [t, format],
  );
}

function StateCell({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const state = t(`state.${run.state}`);
  if (!isMoving(run.state) || run.progress === null)
    return <Badge tone={IMPORT_TONES[run.state]}>{state}</Badge>;
  return (
    <span className="qm-two-lines">
      <Badge tone="busy">{state}</Badge>
      <Progress percent={Math.round(run.progress * 100)} size="small" aria-label={state} />
    </span>
  );
}
