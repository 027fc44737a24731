import { CloudDownloadOutlined } from '@ant-design/icons';
import { api, type Pull } from '@qianmian/contract';
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
import './collect.css';
import { createPull } from './pull-actions.ts';
import { PullError } from './pull-error.tsx';
import { PULL_TONES, placeOf, scheduleKey } from './pull-words.ts';

/** Places that are read on a schedule: how each fares, and when it is read next. */
export default function PullsPage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const to = useTo();
  const query = useApi(api.listPulls, {}, { everyMs: 10_000 });
  const columns = usePullColumns();
  const { data } = query;
  const failing = data?.filter((one) => one.state === 'failing').length ?? 0;
  const count = failing || (data?.length ?? 0);
  return (
    <Page
      title={t('pull.title')}
      headline={
        data && data.length > 0
          ? t(failing > 0 ? 'pull.headlineFailing' : 'pull.headline', { count, number: format.number(count) })
          : undefined
      }
      note={t('pull.note')}
      actions={<ActionButton action={createPull} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(pulls) => (
          <DataTable
            id="pulls"
            label={t('pull.title')}
            columns={columns}
            rows={pulls}
            rowKey={(one) => one.id}
            rowHref={(one) => to(`/pulls/${one.id}`)}
            empty={
              <EmptyState
                icon={<CloudDownloadOutlined />}
                title={t('pull.empty')}
                text={t('pull.emptyText')}
                action={<ActionButton action={createPull} subject={undefined} />}
              />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

function usePullColumns(): Column<Pull>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('pull.name'),
        value: (one) => one.name,
        always: true,
        sortable: true,
        width: 190,
      },
      {
        key: 'state',
        title: t('source.stateTitle'),
        value: (one) => t(`pull.state.${one.state}`),
        cell: (one) => <Badge tone={PULL_TONES[one.state]}>{t(`pull.state.${one.state}`)}</Badge>,
        width: 110,
      },
      { key: 'place', title: t('pull.place'), value: placeOf, width: 260 },
      {
        key: 'rows',
        title: t('pull.rowsInAll'),
        value: (one) => one.rows,
        cell: (one) => format.number(one.rows),
        align: 'right',
        sortable: true,
        width: 110,
      },
      {
        key: 'last',
        title: t('pull.lastRun'),
        value: (one) => one.lastRun?.startedAt ?? null,
        cell: (one) =>
          one.lastRun ? <DateText at={one.lastRun.startedAt} as="dateTime" /> : t('pull.never'),
        sortable: true,
        width: 170,
      },
      {
        key: 'error',
        title: t('pull.outcome'),
        value: (one) => (one.state === 'failing' ? one.lastError : (one.lastRun?.state ?? null)),
        cell: (one) =>
          one.state === 'failing' ? (
            <PullError code={one.lastErrorCode} detail={one.lastError} />
          ) : one.lastRun ? (
            t(`pull.runState.${one.lastRun.state}`)
          ) : (
            ''
          ),
        width: 240,
      },
      {
        key: 'next',
        title: t('pull.nextRun'),
        value: (one) => one.nextRunAt,
        cell: (one) =>
          one.nextRunAt ? (
            <DateText at={one.nextRunAt} as="dateTime" />
          ) : (
            t(`pull.schedules.${scheduleKey(one.everyMinutes)}`, { minutes: one.everyMinutes ?? 0 })
          ),
        width: 170,
      },
    ],
    [t, format],
  );
}
