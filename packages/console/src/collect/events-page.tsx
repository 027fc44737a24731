import { PauseOutlined, PlayCircleOutlined, ThunderboltOutlined } from '@ant-design/icons';
import { type Arrival, api, OUTCOMES } from '@qianmian/contract';
import { Button, Drawer, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { channelName, eventName } from '../profile/names.ts';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useGo, useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Facts,
  Loading,
  Page,
  SearchBox,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import './collect.css';
import { flatProperties, gist, isFleeting } from './event-view.ts';
import { OUTCOME_TONES } from './fix-editor.tsx';
import { useReasonWords } from './use-reason-words.ts';

const view = z.object({
  name: z.string().default(''),
  person: z.coerce.number().int().positive().optional(),
  source: z.string().default(''),
  outcome: z.enum(OUTCOMES).optional(),
  reason: z.string().default(''),
  paused: z.stringbool().default(false),
});

/** What happens right now, newest first. */
export default function EventsPage() {
  const { t } = useTranslation('collect');
  const [{ name, person, source, outcome, reason, paused }, setView] = useAddressState(view);
  const list = useApiPages(
    api.listArrivals,
    {
      query: {
        name: name || undefined,
        personId: person,
        source: source || undefined,
        outcome,
        reason: reason || undefined,
        limit: 100,
      },
    },
    { keep: true, everyMs: paused ? false : 3000 },
  );
  const [shown, setShown] = useState<Arrival | null>(null);
  const nameOf = useCustomerNames(list.rows.map((row) => row.personId));
  const columns = useEventColumns(nameOf);
  // Those that arrived together stand in no order of time.
  const latest = list.rows.reduce<(Arrival & { time: string }) | undefined>(
    (last, event) =>
      event.time && (!last || event.time > last.time) ? { ...event, time: event.time } : last,
    undefined,
  );
  const isPassing = isFleeting(outcome);
  const isFiltered = Boolean(name || person || source || outcome || reason);
  return (
    <Page
      title={t('pages.events')}
      headline={latest && !isFiltered && <Latest event={latest} />}
      note={t(
        isPassing && list.rows.length > 0 ? 'events.sinceStart' : paused ? 'events.paused' : 'events.note',
      )}
      actions={
        <Button
          icon={paused ? <PlayCircleOutlined /> : <PauseOutlined />}
          onClick={() => setView({ paused: !paused }, { replace: true })}
        >
          {t(paused ? 'events.resume' : 'events.pause')}
        </Button>
      }
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            id="events"
            label={t('pages.events')}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.key}
            onRowClick={setShown}
            more={list.more}
            loading={list.loading}
            toolbar={<Filters />}
            empty={
              isFiltered ? (
                <EmptyState
                  small
                  title={t('events.nothing')}
                  text={isPassing && t('events.sinceStart')}
                  action={
                    <Button
                      onClick={() =>
                        setView({ name: '', person: undefined, source: '', outcome: undefined, reason: '' })
                      }
                    >
                      {t('events.clear')}
                    </Button>
                  }
                />
              ) : (
                <NoEvents />
              )
            }
          />
        )}
      </Answer>
      <EventDrawer event={shown} nameOf={nameOf} onClose={() => setShown(null)} />
    </Page>
  );
}

function Latest({ event }: { event: Arrival & { time: string } }) {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const format = useFormat();
  return t('events.headline', { name: eventName(words, event.name), at: format.wallClock(event.time) });
}

function Filters() {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const canSegment = useCan('segment.read');
  const [{ name, person, source, outcome, reason }, setView] = useAddressState(view);
  const reasons = useReasonWords();
  const sources = useApi(api.listSources, {}, { staleMs: 60_000 });
  const vocabulary = useApi(api.getVocabulary, {}, { enabled: canSegment, staleMs: 5 * 60_000 });
  const names = vocabulary.data?.events ?? [];
  return (
    <>
      {names.length > 0 ? (
        <Select
          className="qm-collect-filter"
          value={name || null}
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('events.byName')}
          aria-label={t('events.byName')}
          popupMatchSelectWidth={false}
          onChange={(next?: string) => setView({ name: next ?? '' })}
          options={names.map((event) => ({ value: event.name, label: eventName(words, event.name) }))}
        />
      ) : (
        <SearchBox
          value={name}
          placeholder={t('events.byName')}
          onSearch={(next) => setView({ name: next }, { replace: true })}
          width={200}
        />
      )}
      <PersonFilter value={person} onChange={(next) => setView({ person: next })} />
      <Select
        className="qm-collect-filter"
        value={source || null}
        allowClear
        placeholder={t('events.bySource')}
        aria-label={t('events.bySource')}
        onChange={(next?: string | null) => setView({ source: next ?? '' })}
        options={(sources.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
      />
      <Select
        className="qm-collect-filter"
        value={outcome ?? null}
        allowClear
        placeholder={t('events.outcome')}
        aria-label={t('events.outcome')}
        onChange={(next?: (typeof OUTCOMES)[number] | null) => setView({ outcome: next ?? undefined })}
        options={OUTCOMES.map((value) => ({ value, label: t(`events.outcomes.${value}`) }))}
      />
      {reason && (
        <Button onClick={() => setView({ reason: '' })}>
          {t('events.only', { reason: reasons.reason(reason) })} ✕
        </Button>
      )}
    </>
  );
}

/** Finds a person by name or identifier. */
function PersonFilter({ value, onChange }: { value?: number; onChange: (person?: number) => void }) {
  const { t } = useTranslation('collect');
  const canSee = useCan('customer.read');
  const [search, setSearch] = useState('');
  const found = useApi(
    api.listCustomers,
    { query: { search, limit: 10 } },
    { enabled: canSee && search.length > 1, keep: true },
  );
  const rows = found.data?.rows ?? [];
  const nameOf = useCustomerNames([value, ...rows.map((row) => row.personId)]);
  const options = rows.map((row) => ({
    value: row.personId,
    label: [nameOf(row.personId), row.email || row.phone].filter(Boolean).join(' · '),
  }));
  if (value && !options.some((option) => option.value === value))
    options.unshift({ value, label: nameOf(value) });
  if (!canSee) return null;
  return (
    <Select
      className="qm-collect-filter"
      value={value ?? null}
      allowClear
      showSearch={{ filterOption: false, onSearch: setSearch }}
      placeholder={t('events.byPerson')}
      aria-label={t('events.byPerson')}
      notFoundContent={search.length > 1 ? t('events.nobody') : t('events.typeName')}
      popupMatchSelectWidth={false}
      onChange={(next?: number | null) => onChange(next ?? undefined)}
      options={options}
    />
  );
}

function NoEvents() {
  const { t } = useTranslation('collect');
  const go = useGo();
  return (
    <EmptyState
      icon={<ThunderboltOutlined />}
      title={t('events.empty')}
      text={t('events.emptyText')}
      action={
        <Button type="primary" onClick={() => go('/sources')}>
          {t('events.emptyAction')}
        </Button>
      }
    />
  );
}

function EventDrawer({
  event,
  nameOf,
  onClose,
}: {
  event: Arrival | null;
  nameOf: (person: number) => string;
  onClose: () => void;
}) {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const to = useTo();
  const sources = useApi(api.listSources, {}, { staleMs: 60_000 });
  const sourceName = sources.data?.find((one) => one.id === event?.source)?.name ?? event?.source;
  const reasons = useReasonWords();
  const properties = event ? flatProperties(event.properties) : [];
  const isStored = event?.outcome === 'stored' || event?.outcome === 'warned';
  return (
    <Drawer
      open={event !== null}
      onClose={onClose}
      size={560}
      title={event && (event.name ? eventName(words, event.name) : t('events.unnamed'))}
    >
      {event && (
        <div className="qm-collect-stack">
          <Facts
            of={[
              {
                label: t('events.outcome'),
                value: (
                  <Badge tone={OUTCOME_TONES[event.outcome]}>{t(`events.outcomes.${event.outcome}`)}</Badge>
                ),
              },
              ...(event.reasons.length > 0
                ? [{ label: t('events.why'), value: event.reasons.map(reasons.held).join(', ') }]
                : []),
              ...(event.time
                ? [{ label: t('events.time'), value: <DateText at={event.time} as="dateTime" /> }]
                : []),
              { label: t('events.received'), value: <DateText at={event.receivedAt} as="dateTime" /> },
              {
                label: t('events.who'),
                value: event.personId ? (
                  <Anchor href={to(`/customers/${event.personId}`)}>{nameOf(event.personId)}</Anchor>
                ) : (
                  '–'
                ),
              },
              { label: t('events.channel'), value: channelName(words, event.channel) },
              ...(isStored
                ? [
                    {
                      label: t('events.wireName'),
                      value: (
                        <code>
                          {event.original
                            ? t('events.original', { ...event.original, version: event.original.mapping })
                            : event.name}
                        </code>
                      ),
                    },
                  ]
                : []),
              { label: t('events.source'), value: sourceName || '–' },
              { label: t('events.id'), value: <code>{event.messageId}</code> },
            ]}
          />
          {event.detail && <p className="qm-wrap">{event.detail}</p>}
          {event.outcome === 'quarantined' && (
            <p>
              <Anchor href={to('/quarantine', { id: event.messageId })}>{t('events.toHeld')}</Anchor>
            </p>
          )}
          {(event.outcome === 'repeated' || event.outcome === 'rejected') && (
            <p className="qm-note">{t('events.notKept')}</p>
          )}
          {isStored && <StoredParts event={event} properties={properties} />}
        </div>
      )}
    </Drawer>
  );
}

/** What a stored event says, with what its message said beside. */
function StoredParts({
  event,
  properties,
}: {
  event: Arrival;
  properties: { name: string; value: string }[];
}) {
  const { t } = useTranslation('collect');
  return (
    <>
      <h3 className="qm-collect-head">{t('events.properties')}</h3>
      {properties.length === 0 ? (
        <p className="qm-note">{t('events.noProperties')}</p>
      ) : (
        <table className="qm-plain-table qm-properties">
          <tbody>
            {properties.map((property) => (
              <tr key={property.name}>
                <th scope="row">{property.name}</th>
                <td className="qm-wrap">{property.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <details>
        <summary>{t('events.raw')}</summary>
        <pre className="qm-code">{JSON.stringify(event.properties, null, 2)}</pre>
      </details>
      {(['context', 'envelope'] as const).map(
        (part) =>
          Object.keys(event[part]).length > 0 && (
            <details key={part}>
              <summary>{t(`events.${part}`)}</summary>
              <pre className="qm-code">{JSON.stringify(event[part], null, 2)}</pre>
            </details>
          ),
      )}
    </>
  );
}

function useEventColumns(nameOf: (person: number) => string): Column<Arrival>[] {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const reasons = useReasonWords();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('events.name'),
        value: (event) => (event.name ? eventName(words, event.name) : t('events.unnamed')),
        always: true,
        width: 220,
      },
      {
        key: 'outcome',
        title: t('events.outcome'),
        value: (event) => t(`events.outcomes.${event.outcome}`),
        cell: (event) => (
          <Badge tone={OUTCOME_TONES[event.outcome]}>{t(`events.outcomes.${event.outcome}`)}</Badge>
        ),
        width: 200,
      },
      {
        key: 'why',
        title: t('events.why'),
        value: (event) => event.reasons.map(reasons.held).join(', '),
        width: 160,
      },
      {
        key: 'time',
        title: t('events.time'),
        value: (event) => event.time ?? event.receivedAt,
        cell: (event) => (
          <time dateTime={event.time ?? event.receivedAt}>
            {format.dateTimeExact(event.time ?? event.receivedAt)}
          </time>
        ),
        width: 210,
      },
      {
        key: 'who',
        title: t('events.who'),
        value: (event) => (event.personId ? nameOf(event.personId) : null),
        cell: (event) =>
          event.personId ? (
            <Anchor href={to(`/customers/${event.personId}`)}>{nameOf(event.personId)}</Anchor>
          ) : (
            '–'
          ),
        width: 150,
      },
      {
        key: 'channel',
        title: t('events.channel'),
        value: (event) => channelName(words, event.channel),
        width: 120,
      },
      { key: 'gist', title: t('events.properties'), value: (event) => gist(event.properties), width: 420 },
      { key: 'source', title: t('events.source'), value: (event) => event.source, hidden: true },
    ],
    [t, words, format, to, nameOf, reasons],
  );
}
