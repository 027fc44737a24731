import { api, type Delivery, type Source } from '@qianmian/contract';
import { Button, Drawer } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Facts,
  Loading,
  type Tone,
  useFormat,
} from '../ui/index.ts';
import { prettyPayload } from './event-view.ts';

const TONES: Record<Delivery['outcome'], Tone> = {
  mapped: 'good',
  ignored: 'quiet',
  faulted: 'bad',
  held: 'warn',
};

/** Calls of the last 30 days with what became of them; those that failed can be read again. */
export function SourceDeliveries({ source }: { source: Source }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const list = useApiPages(
    api.listDeliveries,
    { params: { id: source.id }, query: { limit: 100 } },
    { keep: true, everyMs: 10_000 },
  );
  const [shown, setShown] = useState<Delivery | null>(null);
  const columns = useDeliveryColumns();
  const replay = useReplay(source);
  const failed = list.rows.some((row) => row.outcome === 'faulted' || row.outcome === 'held');
  return (
    <>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="deliveries"
            label={t('source.deliveries')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onRowClick={setShown}
            more={list.more}
            loading={list.loading}
            toolbar={
              canWrite &&
              failed && (
                <Button
                  loading={replay.running}
                  onClick={() => replay.run({ params: { id: source.id }, body: {} })}
                >
                  {t('source.replayAll')}
                </Button>
              )
            }
            empty={<EmptyState small title={t('source.noCalls')} text={t('source.noCallsText')} />}
          />
        )}
      </Answer>
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        size={640}
        title={shown?.topic || t('source.call')}
      >
        {shown && <Call source={source} call={shown} />}
      </Drawer>
    </>
  );
}

function useReplay(source: Source) {
  const { t } = useTranslation('collect');
  return useAction(api.replayDeliveries, {
    refreshes: [api.listDeliveries, api.getSource, api.getDelivery],
    done: t('source.replaying', { name: source.name }),
  });
}

function Call({ source, call }: { source: Source; call: Delivery }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const params = { id: source.id, deliveryId: call.id };
  const query = useApi(api.getDelivery, { params });
  const replay = useReplay(source);
  return (
    <Answer of={query} loading={<Loading kind="page" />}>
      {(one) => (
        <div className="qm-collect-stack">
          <Facts
            of={[
              { label: t('source.arrived'), value: <DateText at={one.receivedAt} as="dateTime" /> },
              {
                label: t('source.outcome'),
                value: <Badge tone={TONES[one.outcome]}>{t(`source.outcomes.${one.outcome}`)}</Badge>,
              },
              { label: t('source.mappingVersion'), value: one.mappingVersion },
            ]}
          />
          {one.detail && <p className="qm-wrap">{one.detail}</p>}
          {canWrite && (
            <Button
              loading={replay.running}
              onClick={() => replay.run({ params: { id: source.id }, body: { deliveryId: one.id } })}
            >
              {t('source.replayOne')}
            </Button>
          )}
          <h3 className="qm-collect-head">{t('source.headers')}</h3>
          <pre className="qm-code">{JSON.stringify(one.headers, null, 2)}</pre>
          <h3 className="qm-collect-head">{t('source.body')}</h3>
          <pre className="qm-code">{prettyPayload(one.body)}</pre>
        </div>
      )}
    </Answer>
  );
}

function useDeliveryColumns(): Column<Delivery>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'topic',
        title: t('source.topic'),
        value: (row) => row.topic || '–',
        always: true,
        width: 200,
      },
      {
        key: 'arrived',
        title: t('source.arrived'),
        value: (row) => row.receivedAt,
        cell: (row) => <DateText at={row.receivedAt} as="dateTime" />,
        width: 190,
      },
      {
        key: 'outcome',
        title: t('source.outcome'),
        value: (row) => t(`source.outcomes.${row.outcome}`),
        cell: (row) => <Badge tone={TONES[row.outcome]}>{t(`source.outcomes.${row.outcome}`)}</Badge>,
        width: 160,
      },
      {
        key: 'messages',
        title: t('source.messages'),
        value: (row) => row.messages,
        cell: (row) => format.number(row.messages),
        align: 'right',
        width: 110,
      },
      { key: 'detail', title: t('source.why'), value: (row) => row.detail, width: 420 },
    ],
    [t, format],
  );
}
