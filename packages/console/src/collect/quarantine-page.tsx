import { SafetyCertificateOutlined } from '@ant-design/icons';
import { type AnswerOf, api, HELD_STATES, type HeldSelection } from '@qianmian/contract';
import { Button, Drawer, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Facts,
  Loading,
  Page,
  Panel,
  useAddressState,
  useConfirm,
  useFormat,
  useToast,
} from '../ui/index.ts';
import './collect.css';
import './quality.css';
import { prettyPayload } from './event-view.ts';
import { FixEditor } from './fix-editor.tsx';
import { knownQuarantine } from './reasons.ts';
import { useReasonWords } from './use-reason-words.ts';

type Held = AnswerOf<typeof api.listQuarantine>['rows'][number];
type Group = AnswerOf<typeof api.listHeldGroups>[number];

const view = z.object({
  state: z.enum(HELD_STATES).default('open'),
  reason: z.string().optional(),
  event: z.string().optional(),
  source: z.string().optional(),
  id: z.string().optional(),
});
const REFRESHES = [api.listQuarantine, api.listHeldGroups];

/** Messages that could not be stored as they came: kept whole, with why; mended and put back on the road here. */
export default function QuarantinePage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const mayChange = useCan('data.write');
  const [{ state, reason, event, source, id }, setView] = useAddressState(view);
  const groups = useApi(api.listHeldGroups, { query: { state } }, { keep: true, everyMs: 15_000 });
  const list = useApiPages(
    api.listQuarantine,
    { query: { state, reason, event, source, id, limit: 100 } },
    { keep: true, everyMs: 15_000 },
  );
  const names = useSourceNames();
  const columns = useHeldColumns(names);
  const [shown, setShown] = useState<Held | null>(null);
  const [isMending, setMending] = useState(false);
  const chosen = (groups.data ?? []).filter(
    (one) =>
      (reason === undefined || one.reason === reason) &&
      (event === undefined || one.event === event) &&
      (source === undefined || one.source === source),
  );
  const count = chosen.reduce((sum, one) => sum + one.messages, 0);
  const isNarrow = reason !== undefined || event !== undefined || source !== undefined || id !== undefined;
  const selection: HeldSelection = { reason, event, source, ...(id === undefined ? {} : { ids: [id] }) };
  const dismiss = useDismiss(selection, count);
  return (
    <Page
      title={t('pages.quarantine')}
      headline={
        state === 'open' && groups.data && count > 0
          ? t('quarantine.headline', { count, messages: format.number(count) })
          : undefined
      }
      note={state === 'open' ? count > 0 && t('quarantine.note') : t('quarantine.noteDecided')}
      filters={
        <>
          <Segmented
            aria-label={t('quarantine.state')}
            value={state}
            onChange={(value) =>
              setView({ state: value, reason: undefined, event: undefined, source: undefined })
            }
            options={HELD_STATES.map((value) => ({ value, label: t(`quarantine.states.${value}`) }))}
          />
          {isNarrow && (
            <Button
              onClick={() =>
                setView({ reason: undefined, event: undefined, source: undefined, id: undefined })
              }
            >
              {t('quarantine.all')}
            </Button>
          )}
        </>
      }
      actions={
        mayChange &&
        state === 'open' &&
        count > 0 && (
          <>
            <Button onClick={dismiss}>{t('quarantine.dismiss')}</Button>
            <Button type="primary" onClick={() => setMending(true)}>
              {t('quarantine.mendAll', { count, number: format.number(count) })}
            </Button>
          </>
        )
      }
    >
      {groups.data && groups.data.length > 0 && !isNarrow && (
        <Groups
          groups={groups.data}
          names={names}
          onPick={(one) => setView({ reason: one.reason, event: one.event, source: one.source })}
        />
      )}
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
      <Drawer
        open={isMending}
        onClose={() => setMending(false)}
        size={640}
        title={t('quarantine.mendAll', { count, number: format.number(count) })}
      >
        {isMending && <FixEditor selection={selection} onReplayed={() => setMending(false)} />}
      </Drawer>
    </Page>
  );
}

/** Lays messages aside after it was said how many. */
function useDismiss(selection: HeldSelection, count: number, onDone?: () => void) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const confirm = useConfirm();
  const format = useFormat();
  const dismiss = useAction(api.dismissQuarantine, { refreshes: REFRESHES });
  return async () => {
    const sure = await confirm({
      title: t('quarantine.dismissTitle'),
      consequence: t('quarantine.dismissText', { count, messages: format.number(count) }),
      verb: t('quarantine.dismiss'),
      danger: false,
    });
    const done = sure && (await dismiss.run({ body: { selection } }));
    if (!done) return;
    toast.done(t('quarantine.dismissed', { count: done.messages, messages: format.number(done.messages) }));
    onDone?.();
  };
}

function useSourceNames(): ReadonlyMap<string, string> {
  const sources = useApi(api.listSources, {});
  return useMemo(
    () => new Map((sources.data ?? []).map((source) => [source.id, source.name])),
    [sources.data],
  );
}

function Groups({
  groups,
  names,
  onPick,
}: {
  groups: readonly Group[];
  names: ReadonlyMap<string, string>;
  onPick: (group: Group) => void;
}) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const words = useReasonWords();
  const columns = useMemo<Column<Group>[]>(
    () => [
      {
        key: 'reason',
        title: t('quarantine.reason'),
        value: (row) => words.held(row.reason),
        always: true,
        width: 240,
      },
      { key: 'event', title: t('events.name'), value: (row) => row.event || t('events.unnamed'), width: 200 },
      {
        key: 'source',
        title: t('quarantine.source'),
        value: (row) => names.get(row.source) ?? row.source,
        width: 160,
      },
      {
        key: 'messages',
        title: t('quarantine.messages'),
        align: 'right',
        sortable: true,
        value: (row) => row.messages,
        cell: (row) => format.number(row.messages),
        width: 110,
      },
      {
        key: 'last',
        title: t('quarantine.last'),
        value: (row) => row.last,
        cell: (row) => <DateText at={row.last} as="dateTime" />,
        width: 200,
      },
    ],
    [t, words, names, format],
  );
  return (
    <Panel title={t('quarantine.groups')} note={t('quarantine.groupsNote')} flush>
      <DataTable
        id="quarantine-groups"
        label={t('quarantine.groups')}
        columns={columns}
        rows={groups}
        rowKey={(row) => `${row.reason}\n${row.event}\n${row.source}`}
        onRowClick={onPick}
      />
    </Panel>
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
  const words = useReasonWords();
  const known = held && knownQuarantine(held.reason);
  return (
    <Drawer open={held !== null} onClose={onClose} size={640} title={held && words.held(held.reason)}>
      {held && (
        <div className="qm-collect-stack" key={held.id}>
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
          <HeldActions held={held} onClose={onClose} />
        </div>
      )}
    </Drawer>
  );
}

function HeldActions({ held, onClose }: { held: Held; onClose: () => void }) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const format = useFormat();
  const mayChange = useCan('data.write');
  const maySee = useCan('customer.reveal');
  const dismiss = useDismiss({ ids: [held.id] }, 1, onClose);
  const undo = useAction(api.undoDismiss, {
    refreshes: REFRESHES,
    onDone: () => {
      toast.done(t('quarantine.undone'));
      onClose();
    },
  });
  const decided = held.state !== 'open' && held.decidedBy && held.decidedAt && (
    <Facts
      of={[
        {
          label: t(`quarantine.states.${held.state}`),
          value: t('quarantine.decidedBy', { by: held.decidedBy, at: format.dateTime(held.decidedAt) }),
        },
      ]}
    />
  );
  return (
    <>
      {decided}
      {/* What is masked must not be put back in the place of what was sent. */}
      {mayChange && maySee && held.state === 'open' ? (
        <FixEditor selection={{ ids: [held.id] }} payload={held.payload} onReplayed={onClose} />
      ) : (
        <>
          <h3 className="qm-collect-head">{t('quarantine.payload')}</h3>
          <pre className="qm-code">{prettyPayload(held.payload)}</pre>
        </>
      )}
      {mayChange && held.state === 'open' && (
        <div>
          <Button type="text" onClick={dismiss}>
            {t('quarantine.dismiss')}
          </Button>
        </div>
      )}
      {mayChange && held.state === 'dismissed' && held.decision && (
        <div>
          <Button loading={undo.running} onClick={() => undo.run({ params: { id: held.decision ?? '' } })}>
            {t('quarantine.undo')}
          </Button>
        </div>
      )}
    </>
  );
}

function useHeldColumns(names: ReadonlyMap<string, string>): Column<Held>[] {
  const { t } = useTranslation('collect');
  const words = useReasonWords();
  return useMemo(
    () => [
      {
        key: 'reason',
        title: t('quarantine.reason'),
        value: (row) => words.held(row.reason),
        always: true,
        width: 240,
      },
      { key: 'event', title: t('events.name'), value: (row) => row.event || t('events.unnamed'), width: 170 },
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
        width: 150,
      },
      {
        key: 'payload',
        title: t('quarantine.payload'),
        value: (row) => row.payload,
        cell: (row) => <code className="qm-raw">{row.payload}</code>,
        width: 420,
      },
    ],
    [t, names, words],
  );
}
