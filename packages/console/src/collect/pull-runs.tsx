import { api, type Pull, type PullRun } from '@qianmian/contract';
import { Drawer } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  useFormat,
} from '../ui/index.ts';
import { PullError } from './pull-error.tsx';
import { RUN_TONES } from './pull-words.ts';
import { knownReason } from './reasons.ts';

type Note = ReturnType<typeof useApiPages<typeof api.listPullNotes>>['rows'][number];

/** When a source was read and what came of it; a run opens its rows that were turned away. */
export function PullRuns({ pull }: { pull: Pull }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const list = useApiPages(
    api.listPullRuns,
    { params: { id: pull.id }, query: { limit: 50 } },
    { keep: true, everyMs: 5_000 },
  );
  const [shown, setShown] = useState<PullRun | null>(null);
  const columns = useRunColumns();
  return (
    <>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            bare
            id="pull-runs"
            label={t('pull.runs')}
            columns={columns}
            rows={rows}
            rowKey={(run) => run.id}
            onRowClick={setShown}
            more={list.more}
            loading={list.loading}
            empty={<EmptyState title={t('pull.runsEmpty')} text={t('pull.runsEmptyText')} />}
          />
        )}
      </Answer>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        size="large"
        destroyOnHidden
        title={shown && t('pull.notes', { at: format.dateTime(shown.startedAt) })}
      >
        {shown?.error && <PullError code={shown.errorCode} detail={shown.error} />}
        {shown && <Notes pull={pull} run={shown} />}
      </Drawer>
    </>
  );
}

function useRunColumns(): Column<PullRun>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(() => {
    const number = (key: 'rows' | 'rejected' | 'corrected', title: string): Column<PullRun> => ({
      ...{ key, title, value: (run) => run[key], cell: (run) => format.number(run[key]) },
      ...{ align: 'right', width: 110 },
    });
    return [
      {
        key: 'began',
        title: t('pull.began'),
        value: (run) => run.startedAt,
        cell: (run) => <DateText at={run.startedAt} as="dateTime" />,
        always: true,
        width: 180,
      },
      {
        key: 'outcome',
        title: t('pull.outcome'),
        value: (run) => t(`pull.runState.${run.state}`),
        cell: (run) => <Badge tone={RUN_TONES[run.state]}>{t(`pull.runState.${run.state}`)}</Badge>,
        width: 120,
      },
      { key: 'why', title: t('pull.why'), value: (run) => t(`pull.trigger.${run.trigger}`), width: 120 },
      number('rows', t('pull.rowsInAll')),
      number('rejected', t('pull.rejected')),
      number('corrected', t('pull.corrected')),
    ];
  }, [t, format]);
}

/** Rows of a run that were turned away or corrected. */
function Notes({ pull, run }: { pull: Pull; run: PullRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const list = useApiPages(api.listPullNotes, {
    params: { id: pull.id, runId: run.id },
    query: { limit: 100 },
  });
  const columns = useMemo<Column<Note>[]>(
    () => [
      {
        key: 'row',
        title: t('pull.row'),
        value: (note) => note.row,
        cell: (note) => format.number(note.row),
        align: 'right',
        width: 90,
      },
      {
        key: 'reason',
        title: t('pull.reason'),
        value: (note) => note.code,
        cell: (note) => {
          const known = knownReason(note.code);
          return <span className="qm-wrap">{known ? t(`reason.${known}.name`) : note.message}</span>;
        },
        always: true,
        width: 220,
      },
      { key: 'file', title: t('pull.file'), value: (note) => note.file, width: 180 },
      { key: 'raw', title: t('pull.raw'), value: (note) => note.raw, width: 420 },
    ],
    [t, format],
  );
  return (
    <Answer of={list} loading={<Loading kind="table" />}>
      {(rows) => (
        <DataTable
          bare
          id="pull-notes"
          label={t('pull.notes', { at: format.dateTime(run.startedAt) })}
          columns={columns}
          rows={rows}
          rowKey={(note) => `${note.kind}:${note.file}:${note.row}:${note.code}:${note.field}`}
          more={list.more}
          loading={list.loading}
          empty={<EmptyState title={t('pull.notesNone')} />}
        />
      )}
    </Answer>
  );
}
