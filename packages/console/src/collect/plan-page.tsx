import { ExperimentOutlined, FileProtectOutlined } from '@ant-design/icons';
import {
  type AnswerOf,
  api,
  GENTLE_RULES,
  type LearnedEvent,
  PLAN_ACTIONS,
  type TrackingPlan,
  VIOLATIONS,
} from '@qianmian/contract';
import { Button, Drawer, Input, Segmented, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { eventName } from '../profile/names.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  Panel,
  useAddressState,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { differencesOf, EMPTY_PLAN, withEvent, withLearned, withoutEvent } from './plan-draft.ts';
import { PlanEventEditor } from './plan-event.tsx';
import './quality.css';

const TABS = ['plan', 'rules', 'history'] as const;
const view = z.object({ tab: z.enum(TABS).default('plan'), version: z.coerce.number().int().optional() });

type State = AnswerOf<typeof api.getTrackingPlan>;
type Version = AnswerOf<typeof api.listPlanVersions>[number];
const REFRESHES = [api.getTrackingPlan, api.listPlanVersions];

/** What the workspace expects to be told: learned, written, kept in versions, held to. */
export default function PlanPage() {
  const { t } = useTranslation('collect');
  const query = useApi(api.getTrackingPlan, {});
  const [{ tab }, setView] = useAddressState(view);
  const state = query.data;
  return (
    <Page
      title={t('pages.plan')}
      headline={state && headlineOf(state, t)}
      note={t('plan.note')}
      filters={
        <Segmented
          aria-label={t('plan.tabs.label')}
          value={tab}
          onChange={(value) => setView({ tab: value, version: undefined })}
          options={TABS.map((value) => ({ value, label: t(`plan.tabs.${value}`) }))}
        />
      }
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(found) =>
          tab === 'plan' ? (
            <Editor key={found.latest?.version ?? 0} state={found} />
          ) : tab === 'rules' ? (
            <Rules state={found} />
          ) : (
            <History state={found} />
          )
        }
      </Answer>
    </Page>
  );
}

function headlineOf(
  { activeVersion, latest }: State,
  t: ReturnType<typeof useTranslation<'collect'>>['t'],
): string {
  if (activeVersion === null || latest === null) return t('plan.headlineNone');
  if (activeVersion !== latest.version)
    return t('plan.headlineBehind', { version: activeVersion, latest: latest.version });
  return t('plan.headline', {
    version: activeVersion,
    events: latest.events,
    properties: latest.properties,
  });
}

function Editor({ state }: { state: State }) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const mayChange = useCan('data.write');
  const saved = state.plan ?? EMPTY_PLAN;
  const [draft, setDraft] = useState<TrackingPlan>(saved);
  const [isLearning, setLearning] = useState(false);
  const [added, setAdded] = useState('');
  const [note, setNote] = useState('');
  const save = useAction(api.saveTrackingPlan, {
    refreshes: REFRESHES,
    onDone: (version) => toast.done(t('plan.saved', { version: version.version })),
  });
  const activate = useAction(api.activateTrackingPlan, { refreshes: REFRESHES });
  const changes = useMemo(() => differencesOf(saved, draft).length, [saved, draft]);
  const latest = state.latest?.version ?? null;
  const add = () => {
    const name = added.trim();
    if (name === '' || draft.events.some((event) => event.name === name)) return;
    setDraft({ events: [...draft.events, { name, description: '', properties: [] }] });
    setAdded('');
  };
  return (
    <>
      {mayChange && (
        <div className="qm-held-bar">
          <Button
            type={draft.events.length === 0 ? 'primary' : 'default'}
            icon={<ExperimentOutlined />}
            onClick={() => setLearning(true)}
          >
            {t('plan.learn')}
          </Button>
          {latest !== null && state.activeVersion !== latest && changes === 0 && (
            <Button
              type="primary"
              loading={activate.running}
              onClick={async () => {
                if (await activate.run({ body: { version: latest } }))
                  toast.done(t('plan.activated', { version: latest }));
              }}
            >
              {t('plan.activate')}
            </Button>
          )}
          {state.activeVersion !== null && (
            <Button
              type="text"
              loading={activate.running}
              onClick={async () => {
                if (await activate.run({ body: { version: null } })) toast.done(t('plan.deactivated'));
              }}
            >
              {t('plan.deactivate')}
            </Button>
          )}
        </div>
      )}
      {draft.events.length === 0 && (
        <EmptyState icon={<FileProtectOutlined />} title={t('plan.empty')} text={t('plan.emptyText')} />
      )}
      <div className="qm-plan-events">
        {draft.events.map((event) => (
          <PlanEventEditor
            key={event.name}
            event={event}
            disabled={!mayChange}
            onChange={(change) => setDraft(withEvent(draft, event.name, change))}
            onRemove={() => setDraft(withoutEvent(draft, event.name))}
          />
        ))}
      </div>
      {mayChange && (
        <div className="qm-plan-bar">
          <Input
            aria-label={t('plan.newEvent')}
            placeholder={t('plan.newEvent')}
            value={added}
            maxLength={200}
            onChange={(e) => setAdded(e.target.value)}
            onPressEnter={add}
          />
          <Button onClick={add} disabled={added.trim() === ''}>
            {t('plan.addEvent')}
          </Button>
        </div>
      )}
      {mayChange && changes > 0 && (
        <div className="qm-plan-bar">
          <Badge tone="warn">{t('plan.changes', { count: changes })}</Badge>
          <Input
            aria-label={t('plan.saveNote')}
            placeholder={t('plan.saveNote')}
            value={note}
            maxLength={200}
            onChange={(e) => setNote(e.target.value)}
          />
          <Button
            type="primary"
            loading={save.running}
            onClick={() => save.run({ body: { plan: draft, note, basedOn: latest } })}
          >
            {t('plan.save')}
          </Button>
          <Button type="text" onClick={() => setDraft(saved)}>
            {t('plan.discard')}
          </Button>
          {save.fields && <span role="alert">{Object.values(save.fields)[0]}</span>}
        </div>
      )}
      <Drawer open={isLearning} onClose={() => setLearning(false)} size={860} title={t('plan.learn')}>
        {isLearning && (
          <Learned
            onTake={(events) => {
              setDraft(withLearned(draft, events));
              setLearning(false);
              toast.note(t('plan.taken'));
            }}
          />
        )}
      </Drawer>
    </>
  );
}

function Learned({ onTake }: { onTake: (events: LearnedEvent[]) => void }) {
  const { t } = useTranslation('collect');
  const { t: words } = useTranslation('profile');
  const format = useFormat();
  const [days, setDays] = useState(30);
  const [chosen, setChosen] = useState<string[] | null>(null);
  const query = useApi(api.learnTrackingPlan, { query: { days } }, { keep: true, staleMs: 60_000 });
  const columns = useMemo<Column<LearnedEvent>[]>(
    () => [
      {
        key: 'name',
        title: t('plan.event'),
        value: (row) => eventName(words, row.name),
        always: true,
        width: 200,
      },
      {
        key: 'messages',
        title: t('plan.messages'),
        align: 'right',
        value: (row) => row.messages,
        cell: (row) => format.number(row.messages),
        width: 110,
      },
      {
        key: 'properties',
        title: t('plan.properties'),
        value: (row) =>
          row.properties.map((one) => `${one.path} (${format.percent(one.share, 0)})`).join(', '),
        cell: (row) => (
          <details>
            <summary>{row.properties.length}</summary>
            <ul>
              {row.properties.map((one) => (
                <li key={one.path}>
                  <code>{one.path}</code> {one.types.map((type) => t(`plan.type.${type}`)).join(', ')}{' '}
                  {format.percent(one.share, 0)}{' '}
                  <span className="qm-note">{one.examples.slice(0, 3).join(' · ')}</span>
                </li>
              ))}
            </ul>
          </details>
        ),
        width: 420,
      },
    ],
    [t, words, format],
  );
  return (
    <Answer of={query} loading={<Loading kind="table" />}>
      {(events) => {
        const keys = chosen ?? events.map((event) => event.name);
        return (
          <div className="qm-collect-stack">
            <p className="qm-note">{t('plan.learnNote')}</p>
            <DataTable
              id="plan-learned"
              label={t('plan.learn')}
              columns={columns}
              rows={events}
              rowKey={(row) => row.name}
              selection={{ keys, onChange: setChosen }}
              toolbar={
                <>
                  <Select
                    value={days}
                    aria-label={t('quality.period')}
                    onChange={setDays}
                    options={[7, 30, 90, 400].map((value) => ({
                      value,
                      label: t('plan.learnDays', { days: value }),
                    }))}
                  />
                  <Button
                    type="primary"
                    disabled={keys.length === 0}
                    onClick={() => onTake(events.filter((event) => keys.includes(event.name)))}
                  >
                    {t('plan.take', { count: keys.length })}
                  </Button>
                </>
              }
            />
          </div>
        );
      }}
    </Answer>
  );
}

function Rules({ state }: { state: State }) {
  const { t } = useTranslation('collect');
  const mayChange = useCan('data.write');
  const sources = useApi(api.listSources, {});
  const set = useAction(api.setPlanRules, { refreshes: [api.getTrackingPlan] });
  const own = new Map(state.rules.map((one) => [one.source, one.rules]));
  return (
    <Panel title={t('plan.tabs.rules')} note={t('plan.rulesNote')}>
      <Answer of={sources} loading={<Loading kind="table" />}>
        {(list) => (
          <div className="qm-rules-frame">
            <table className="qm-plain-table">
              <thead>
                <tr>
                  <th scope="col">{t('plan.source')}</th>
                  {VIOLATIONS.map((kind) => (
                    <th key={kind} scope="col">
                      {t(`plan.violation.${kind}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {list.map((source) => {
                  const rules = own.get(source.id) ?? GENTLE_RULES;
                  return (
                    <tr key={source.id}>
                      <th scope="row">{source.name}</th>
                      {VIOLATIONS.map((kind) => (
                        <td key={kind}>
                          <Select
                            aria-label={`${source.name}: ${t(`plan.violation.${kind}`)}`}
                            value={rules[kind]}
                            disabled={!mayChange || set.running}
                            onChange={(action) =>
                              set.run({ params: { id: source.id }, body: { ...rules, [kind]: action } })
                            }
                            options={PLAN_ACTIONS.map((value) => ({
                              value,
                              label: t(`plan.action.${value}`),
                            }))}
                          />
                        </td>
                      ))}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
    </Panel>
  );
}

function History({ state }: { state: State }) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const mayChange = useCan('data.write');
  const query = useApi(api.listPlanVersions, {});
  const [{ version }, setView] = useAddressState(view);
  const activate = useAction(api.activateTrackingPlan, { refreshes: REFRESHES });
  const columns = useVersionColumns();
  return (
    <>
      <Answer of={query} loading={<Loading kind="table" />}>
        {(versions) => (
          <DataTable
            id="plan-versions"
            label={t('plan.tabs.history')}
            columns={columns}
            rows={versions}
            rowKey={(row) => String(row.version)}
            onRowClick={(row) => setView({ version: row.version })}
            empty={<EmptyState small title={t('plan.noVersions')} />}
          />
        )}
      </Answer>
      <Drawer
        open={version !== undefined}
        onClose={() => setView({ version: undefined })}
        size={560}
        title={version !== undefined && `${t('plan.version')} ${version}`}
      >
        {version !== undefined && (
          <div className="qm-collect-stack">
            {mayChange && (
              <div className="qm-held-bar">
                <Button
                  type="primary"
                  disabled={state.activeVersion === version}
                  loading={activate.running}
                  onClick={async () => {
                    if (await activate.run({ body: { version } }))
                      toast.done(t('plan.activated', { version }));
                  }}
                >
                  {t('plan.activate')}
                </Button>
                {state.latest && state.latest.version !== version && (
                  <Restore version={version} latest={state.latest.version} />
                )}
              </div>
            )}
            <Compare version={version} />
          </div>
        )}
      </Drawer>
    </>
  );
}

function Restore({ version, latest }: { version: number; latest: number }) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const query = useApi(api.getPlanVersion, { params: { version } });
  const save = useAction(api.saveTrackingPlan, {
    refreshes: REFRESHES,
    onDone: (made) => toast.done(t('plan.restored', { version: made.version })),
  });
  return (
    <Button
      disabled={!query.data}
      loading={save.running}
      onClick={() =>
        query.data && save.run({ body: { plan: query.data.plan, note: `← ${version}`, basedOn: latest } })
      }
    >
      {t('plan.restore')}
    </Button>
  );
}

function Compare({ version }: { version: number }) {
  const { t } = useTranslation('collect');
  const after = useApi(api.getPlanVersion, { params: { version } });
  const before = useApi(
    api.getPlanVersion,
    { params: { version: Math.max(1, version - 1) } },
    { enabled: version > 1 },
  );
  if (!after.data || (version > 1 && !before.data)) return <Loading kind="table" />;
  const differences = differencesOf(
    version > 1 ? (before.data?.plan ?? EMPTY_PLAN) : EMPTY_PLAN,
    after.data.plan,
  );
  return (
    <section>
      <h3 className="qm-collect-head">{t('plan.compare')}</h3>
      {differences.length === 0 && <p className="qm-note">{t('plan.same')}</p>}
      <ul>
        {differences.map((one) => (
          <li key={`${one.kind} ${one.what}`}>
            <Badge tone={one.kind === 'added' ? 'good' : one.kind === 'removed' ? 'bad' : 'warn'}>
              {t(`plan.diff.${one.kind}`, { what: one.what })}
            </Badge>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useVersionColumns(): Column<Version>[] {
  const { t } = useTranslation('collect');
  return useMemo(
    () => [
      {
        key: 'version',
        title: t('plan.version'),
        value: (row) => row.version,
        cell: (row) => (
          <>
            {row.version} {row.isActive && <Badge tone="good">{t('plan.active')}</Badge>}
          </>
        ),
        always: true,
        width: 160,
      },
      { key: 'note', title: t('plan.noteOf'), value: (row) => row.note, width: 260 },
      { key: 'events', title: t('plan.event'), align: 'right', value: (row) => row.events, width: 90 },
      {
        key: 'properties',
        title: t('plan.properties'),
        align: 'right',
        value: (row) => row.properties,
        width: 90,
      },
      { key: 'by', title: t('plan.by'), value: (row) => row.createdBy, width: 180 },
      {
        key: 'when',
        title: t('plan.when'),
        value: (row) => row.createdAt,
        cell: (row) => <DateText at={row.createdAt} as="dateTime" />,
        width: 200,
      },
    ],
    [t],
  );
}
