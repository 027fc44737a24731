import { SafetyCertificateOutlined } from '@ant-design/icons';
import { type AnswerOf, api } from '@qianmian/contract';
import { Drawer } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Facts,
  Loading,
  Page,
  useFormat,
} from '../ui/index.ts';
import './collect.css';
import { prettyPayload } from './event-view.ts';
import { knownQuarantine } from './reasons.ts';

type Held = AnswerOf<typeof api.listQuarantine>['rows'][number];

/** Messages that could not be understood: kept whole, with why and how to mend what sends them. */
export default function QuarantinePage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const list = useApiPages(api.listQuarantine, { query: { limit: 100 } }, { keep: true, everyMs: 15_000 });
  const sources = useApi(api.listSources, {});
  const names = useMemo(
    () => new Map((sources.data ?? []).map((source) => [source.id, source.name])),
    [sources.data],
  );
  const columns = useHeldColumns(names);
  const [shown, setShown] = useState<Held | null>(null);
  const count = list.rows.length;
  const more = list.more.has ? '+' : '';
  return (
    <Page
      title={t('pages.quarantine')}
      headline={
        list.data &&
        (count > 0
          ? t('quarantine.headline', { count, messages: `${format.number(count)}${more}` })
          : undefined)
      }
      note={count > 0 ? t('quarantine.note') : undefined}
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="quarantine"
            label={t('pages.quarantine')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.id}
            onRowClick={setShown}
            more={list.more}
            loading={list.loading}
            empty={
              <EmptyState
                icon={<SafetyCertificateOutlined />}
                title={t('quarantine.empty')}
                text={t('quarantine.emptyText')}
              />
            }
          />
        )}
      </Answer>
      <HeldDrawer held={shown} names={names} onClose={() => setShown(null)} />
    </Page>
  );
}

function HeldDrawer({
  held,
  names,
  onClose,
}: {
  held: Held | null;
  names: ReadonlyMap<string, string>;
  onClose: () => void;
}) {
  const { t } = useTranslation('collect');
  const known = held && knownQuarantine(held.reason);
  return (
    <Drawer
      open={held !== null}
      onClose={onClose}
      size={600}
      title={known ? t(`held.${known}.name`) : held?.reason}
    >
      {held && (
        <div className="qm-collect-stack">
          <Facts
            of={[
              { label: t('quarantine.received'), value: <DateText at={held.receivedAt} as="dateTime" /> },
              { label: t('quarantine.source'), value: names.get(held.source) ?? held.source },
            ]}
          />
          {known && (
            <>
              <h3 className="qm-collect-head">{t('quarantine.fix')}</h3>
              <p>{t(`held.${known}.fix`)}</p>
            </>
          )}
          <h3 className="qm-collect-head">{t('quarantine.detail')}</h3>
          <p className="qm-wrap">{held.detail}</p>
          <h3 className="qm-collect-head">{t('quarantine.payload')}</h3>
          <pre className="qm-code">{prettyPayload(held.payload)}</pre>
        </div>
      )}
    </Drawer>
  );
}

function useHeldColumns(names: ReadonlyMap<string, string>): Column<Held>[] {
  const { t } = useTranslation('collect');
  return useMemo(
    () => [
      {
        key: 'reason',
        title: t('quarantine.reason'),
        value: (row) => {
          const known = knownQuarantine(row.reason);
          return known ? t(`held.${known}.name`) : row.reason;
        },
        always: true,
        width: 260,
      },
      {
        key: 'received',
        title: t('quarantine.received'),
        value: (row) => row.receivedAt,
        cell: (row) => <DateText at={row.receivedAt} as="dateTime" />,
        width: 204,
      },
      {
        key: 'source',
        title: t('quarantine.source'),
        value: (row) => names.get(row.source) ?? row.source,
        width: 160,
      },
      {
        key: 'payload',
        title: t('quarantine.payload'),
        value: (row) => row.payload,
        cell: (row) => <code className="qm-raw">{row.payload}</code>,
        width: 480,
      },
    ],
    [t, names],
  );
}
