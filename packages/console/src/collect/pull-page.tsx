import { type AnswerOf, api, type Pull } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Alert, Button, Checkbox, Form, Input, Modal, Radio, Select } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  DateText,
  Facts,
  FormField,
  Loading,
  Page,
  Panel,
  Stat,
  Stats,
  useFieldFaults,
  useFormat,
} from '../ui/index.ts';
import './collect.css';
import './pulls.css';
import { MappingEditor } from './mapping-editor.tsx';
import { deletePull, pausePull, resumePull, runPull } from './pull-actions.ts';
import { type ConnectionDraft, ConnectionForm, checkedConnection, connectionOf } from './pull-connection.tsx';
import { PullError } from './pull-error.tsx';
import { useSchedules } from './pull-new-page.tsx';
import { ChangeReading } from './pull-reading.tsx';
import { PullRuns } from './pull-runs.tsx';
import { isMoved, PULL_TONES, placeOf, scheduleKey } from './pull-words.ts';

const PAGE_ACTIONS = [runPull, pausePull, resumePull, deletePull];

/** One place that is read on a schedule: how it fares, what it read, and from where it goes on. */
export default function PullPage() {
  const { t } = useTranslation('collect');
  const { pullId = '' } = useParams({ strict: false }) as { pullId?: string };
  const to = useTo();
  const query = useApi(api.getPull, { params: { id: pullId } }, { everyMs: 5_000 });
  const { data } = query;
  return (
    <Page
      title={data?.name ?? t('pull.title')}
      headline={data && <Sentence pull={data} />}
      note={data && <Badge tone={PULL_TONES[data.state]}>{t(`pull.state.${data.state}`)}</Badge>}
      breadcrumbs={[{ label: t('pull.title'), href: to('/pulls') }]}
      actions={data && <Actions pull={data} />}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(pull) => <Body pull={pull} />}
      </Answer>
    </Page>
  );
}

function Sentence({ pull }: { pull: Pull }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const said = {
    rows: format.number(pull.rows),
    next: pull.nextRunAt ? format.dateTime(pull.nextRunAt) : '',
    failures: format.number(pull.failures),
  };
  if (pull.state === 'paused') return t('pull.sentence.paused', said);
  if (pull.isRunning) return t('pull.sentence.running', said);
  if (pull.state === 'failing')
    return t(pull.nextRunAt ? 'pull.sentence.failing' : 'pull.sentence.failingAsked', said);
  return t(pull.nextRunAt ? 'pull.sentence.active' : 'pull.sentence.asked', said);
}

function Actions({ pull }: { pull: Pull }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const [open, setOpen] = useState<'edit' | 'replay' | 'changeMapping' | 'changeReading' | null>(null);
  usePageActions(PAGE_ACTIONS, pull);
  const close = () => setOpen(null);
  return (
    <>
      <ActionButton action={runPull} subject={pull} type="primary" />
      <ActionButton action={resumePull} subject={pull} type="primary" />
      <ActionButton action={pausePull} subject={pull} />
      {canWrite && pull.state !== 'paused' && (
        <Button onClick={() => setOpen('replay')}>{t('pull.replay')}</Button>
      )}
      {canWrite && <Button onClick={() => setOpen('changeReading')}>{t('pull.changeReading')}</Button>}
      {canWrite && <Button onClick={() => setOpen('changeMapping')}>{t('pull.changeMapping')}</Button>}
      {canWrite && <Button onClick={() => setOpen('edit')}>{t('pull.edit')}</Button>}
      <ActionButton action={deletePull} subject={pull} type="text" />
      <Modal
        open={open !== null}
        onCancel={close}
        footer={null}
        destroyOnHidden
        width={open === 'changeMapping' || open === 'changeReading' ? 900 : 620}
        title={open && t(`pull.${open}`)}
      >
        {open === 'edit' && <Edit pull={pull} onDone={close} />}
        {open === 'replay' && <Replay pull={pull} onDone={close} />}
        {open === 'changeReading' && <ChangeReading pull={pull} onDone={close} />}
        {open === 'changeMapping' && <ChangeMapping pull={pull} onDone={close} />}
      </Modal>
    </>
  );
}

function Body({ pull }: { pull: Pull }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const { position, target } = pull;
  return (
    <div className="qm-collect-stack">
      {pull.state === 'failing' && (
        <Alert
          type="error"
          showIcon
          title={t('pull.lastError', { at: pull.lastErrorAt ? format.dateTime(pull.lastErrorAt) : '' })}
          description={<PullError code={pull.lastErrorCode} detail={pull.lastError} />}
        />
      )}
      <Stats>
        <Stat label={t('pull.rowsInAll')} value={format.number(pull.rows)} />
        <Stat label={t('pull.turnedAway')} value={format.number(pull.lastRun?.rejected ?? 0)} />
        {position.of === 'files' && (
          <Stat label={t('pull.filesRead')} value={format.number(position.files)} />
        )}
      </Stats>
      <Panel title={t('pull.facts')}>
        <Facts
          of={[
            { label: t('pull.place'), value: <span className="qm-wrap">{placeOf(pull)}</span> },
            {
              label: t('pull.schedule'),
              value: t(`pull.schedules.${scheduleKey(pull.everyMinutes)}`, {
                minutes: pull.everyMinutes ?? 0,
              }),
            },
            {
              label: t('pull.nextRun'),
              value: pull.nextRunAt ? <DateText at={pull.nextRunAt} as="dateTime" /> : t('pull.byHand'),
            },
            ...(target.of === 'table'
              ? [
                  { label: t('pull.cursor'), value: target.cursor },
                  { label: t('pull.key'), value: target.key.join(', ') },
                ]
              : []),
            {
              label: t('pull.readTo'),
              value:
                position.of === 'table' ? (
                  (position.cursor ?? t('pull.readToNone'))
                ) : position.newest ? (
                  <DateText at={position.newest} as="dateTime" />
                ) : (
                  t('pull.readToNone')
                ),
            },
            { label: t('pull.currency'), value: pull.currency },
            { label: t('pull.timeZone'), value: pull.timeZone },
          ]}
        />
      </Panel>
      <Panel title={t('pull.runs')} flush>
        <PullRuns pull={pull} />
      </Panel>
    </div>
  );
}

/** Name, schedule and how the place is reached. */
function Edit({ pull, onDone }: { pull: Pull; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<{ name: string; every: number | 'asked' }>();
  const [place] = Form.useForm<ConnectionDraft>();
  const save = useAction(api.updatePull, {
    refreshes: [api.getPull, api.listPulls],
    done: t('pull.saved'),
    onDone,
  });
  useFieldFaults(place, save.fields);
  const { kind, ...initial } = pull.connection;
  const typed = Form.useWatch([], place) as Partial<ConnectionDraft> | undefined;
  const isElsewhere = isMoved(pull.connection, typed ?? {});
  const [isSameData, setSameData] = useState(false);
  const submit = async ({ name, every }: { name: string; every: number | 'asked' }) => {
    const draft = await checkedConnection(place);
    if (!draft) return;
    const { connection, secret } = connectionOf(kind, draft);
    const isOther = secret !== undefined || JSON.stringify(draft) !== JSON.stringify({ ...initial, secret });
    await save.run({
      params: { id: pull.id },
      body: {
        ...{ name, everyMinutes: every === 'asked' ? null : every },
        ...(isOther && kind !== 'folder' ? { connection, ...(secret ? { secret } : {}) } : {}),
        ...(isElsewhere && isSameData ? { isSameData } : {}),
      },
    });
  };
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{ name: pull.name, every: pull.everyMinutes ?? 'asked' }}
      >
        <FormField
          name="name"
          label={t('pull.name')}
          rules={[{ required: true, whitespace: true, message: t('sources.nameMissing') }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </FormField>
        <FormField name="every" label={t('pull.schedule')}>
          <Select options={useSchedules()} />
        </FormField>
      </Form>
      <ConnectionForm form={place} kind={kind} initial={initial as ConnectionDraft} isKept />
      {isElsewhere && (
        <div className="qm-pull-anew">
          <Checkbox checked={isSameData} onChange={(event) => setSameData(event.target.checked)}>
            {t('pull.sameData')}
          </Checkbox>
          <p className="qm-note">{t('pull.sameDataNote')}</p>
        </div>
      )}
      <Button type="primary" loading={save.running} onClick={() => form.submit()}>
        {t('pull.save')}
      </Button>
    </>
  );
}

/** Reads rows again that were read before. */
function Replay({ pull, onDone }: { pull: Pull; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const [form] = Form.useForm<{ way: 'start' | 'value'; from?: string }>();
  const way = Form.useWatch('way', form);
  const replay = useAction(api.replayPull, {
    refreshes: [api.getPull, api.listPullRuns],
    done: t('pull.replayed'),
    onDone,
  });
  useFieldFaults(form, replay.fields);
  const label =
    pull.target.of === 'table'
      ? t('pull.replayValue', { cursor: pull.target.cursor })
      : t('pull.replayMoment');
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={{ way: 'start' }}
      onFinish={({ way: chosen, from }) =>
        replay.run({ params: { id: pull.id }, body: { from: chosen === 'start' ? null : (from ?? null) } })
      }
    >
      <p className="qm-note">{t('pull.replayNote')}</p>
      <FormField name="way" label={t('pull.replayFrom')}>
        <Radio.Group
          options={[
            { value: 'start', label: t('pull.replayStart') },
            { value: 'value', label },
          ]}
        />
      </FormField>
      {way === 'value' && (
        <FormField name="from" label={label} rules={[{ required: true, message: t('pull.replayMissing') }]}>
          <Input
            placeholder={
              pull.target.of === 'table' ? (pull.lastRun && cursorOf(pull)) || '' : '2026-11-22T08:00:00Z'
            }
            maxLength={200}
            autoComplete="off"
          />
        </FormField>
      )}
      <Button type="primary" htmlType="submit" loading={replay.running}>
        {t('pull.replay')}
      </Button>
    </Form>
  );
}

const cursorOf = ({ position }: Pull) => (position.of === 'table' ? (position.cursor ?? '') : '');

/** What the columns mean, beside rows as they are there now. */
function ChangeMapping({ pull, onDone }: { pull: Pull; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const { connection, target } = pull;
  const [mapping, setMapping] = useState<Record<string, unknown>>(pull.mapping);
  const sample = useAction(api.samplePull);
  const [file, setFile] = useState<AnswerOf<typeof api.samplePull> | null>(null);
  const save = useAction(api.updatePull, { refreshes: [api.getPull], done: t('pull.mappingSaved'), onDone });
  const keep = useCallback(async (next: Record<string, unknown>) => setMapping(next), []);
  const look = async () => {
    const what =
      target.of === 'table' ? { schema: target.schema, table: target.table } : { pattern: target.pattern };
    const found = await sample.run({ body: { connection, pullId: pull.id, ...what } });
    if (found) setFile({ ...found, mapping: pull.mapping, role: String(pull.mapping.kind) });
  };
  if (!file)
    return (
      <Button loading={sample.running} onClick={() => void look()}>
        {t('pull.rows')}
      </Button>
    );
  return (
    <>
      <MappingEditor file={file} canWrite onUnsaved={nothing} onMapping={keep} fields={save.fields} />
      <Button
        type="primary"
        loading={save.running}
        onClick={() => void save.run({ params: { id: pull.id }, body: { mapping } })}
      >
        {t('pull.save')}
      </Button>
    </>
  );
}

const nothing = () => {};
