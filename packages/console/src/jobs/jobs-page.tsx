import { api, JOB_STATES, type Job } from '@qianmian/contract';
import { Checkbox, Progress, Segmented } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { cancelJob, retryJob } from './actions.ts';
import { isMoving, jobsHeadline, kindName, subjectName, TONES, tookMs } from './job-facts.ts';

const view = z.object({ state: z.enum(JOB_STATES).optional(), background: z.stringbool().default(false) });

/** Long work: what runs, how far it is, what failed and why. */
export default function JobsPage() {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  const [{ state, background }, setView] = useAddressState(view);
  const [moving, setMoving] = useState(true);
  const list = useApiPages(
    api.listJobs,
    { query: { state, background: background ? 'shown' : 'hidden', limit: 100 } },
    { keep: true, everyMs: moving ? 2000 : 15_000 },
  );
  useEffect(() => setMoving(isMoving(list.rows)), [list.rows]);
  const columns = useJobColumns();
  return (
    <Page
      title={t('pages.jobs')}
      headline={list.data && !state ? jobsHeadline(list.data, t, format, format.now()) : undefined}
      note={t('pageNote')}
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="jobs"
            label={t('pages.jobs')}
            columns={columns}
            rows={rows}
            rowKey={(job) => job.id}
            more={list.more}
            total={list.total}
            toolbar={
              <>
                <Segmented
                  aria-label={t('filter')}
                  value={state ?? 'all'}
                  onChange={(next) => setView({ state: JOB_STATES.find((one) => one === next) })}
                  options={[
                    { value: 'all', label: t('all') },
                    ...JOB_STATES.map((value) => ({ value, label: t(`state.${value}`) })),
                  ]}
                />
                <Checkbox
                  checked={background}
                  onChange={(event) => setView({ background: event.target.checked })}
                >
                  {t('background')}
                </Checkbox>
              </>
            }
            empty={
              <EmptyState
                title={state ? t('emptyState') : t('empty')}
                text={state ? undefined : t('emptyText')}
                small
              />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

function useJobColumns(): Column<Job>[] {
  const { t } = useTranslation('jobs');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'job',
        title: t('job'),
        always: true,
        width: 260,
        value: (job) => [kindName(job.kind, t), subjectName(job, t)].filter(Boolean).join(' · '),
        cell: (job) => (
          <span className="qm-two-lines">
            <span>{kindName(job.kind, t)}</span>
            <small>{subjectName(job, t)}</small>
          </span>
        ),
      },
      {
        key: 'state',
        title: t('stateTitle'),
        width: 120,
        value: (job) => t(`state.${job.state}`),
        cell: (job) => <Badge tone={TONES[job.state]}>{t(`state.${job.state}`)}</Badge>,
      },
      {
        key: 'progress',
        title: t('progress'),
        width: 260,
        value: (job) => job.error ?? job.note,
        cell: (job) => <JobProgress job={job} />,
      },
      {
        key: 'startedAt',
        title: t('startedAt'),
        width: 130,
        value: (job) => job.startedAt,
        cell: (job) => <DateText at={job.startedAt} as="ago" />,
      },
      {
        key: 'took',
        title: t('took'),
        width: 120,
        align: 'right',
        value: (job) => tookMs(job, format.now()),
        cell: (job) => {
          const took = tookMs(job, format.now());
          return took === null ? '–' : format.duration(took);
        },
      },
      {
        key: 'attempts',
        title: t('attempts'),
        hidden: true,
        width: 160,
        value: (job) => job.attempts,
        cell: (job) => t('attemptsOf', { attempts: job.attempts, max: job.maxAttempts }),
      },
      {
        key: 'runAt',
        title: t('runAt'),
        hidden: true,
        width: 170,
        value: (job) => job.runAt,
        cell: (job) => <DateText at={job.runAt} as="dateTime" />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        width: 140,
        align: 'right',
        cell: (job) => (
          <>
            <ActionButton action={cancelJob} subject={job} size="small" />
            <ActionButton action={retryJob} subject={job} size="small" />
          </>
        ),
      },
    ],
    [t, format],
  );
}

function JobProgress({ job }: { job: Job }) {
  const { t } = useTranslation('jobs');
  if (job.error && job.state !== 'running')
    return (
      <span className="qm-bad-text" title={job.error}>
        {job.error}
      </span>
    );
  return (
    <span className="qm-two-lines">
      {job.state === 'running' && (
        <Progress
          size="small"
          percent={job.progress === null ? 100 : Math.round(job.progress * 100)}
          status="active"
          showInfo={job.progress !== null}
          aria-label={t('progress')}
        />
      )}
      {job.note && <small>{job.note}</small>}
    </span>
  );
}
