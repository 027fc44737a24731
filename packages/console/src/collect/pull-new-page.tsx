import {
  type AnswerOf,
  api,
  type PullConnection,
  type PullKind,
  type PullTable,
  type PullTarget,
} from '@qianmian/contract';
import { Alert, Button, Form, Input, Radio, Select } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGo, useTo } from '../shell/address.ts';
import { useAction, useApi } from '../shell/use-api.ts';
import { Answer, DateText, FormField, Page, Panel, useFormat } from '../ui/index.ts';
import './collect.css';
import './pulls.css';
import { MappingEditor } from './mapping-editor.tsx';
import {
  type ConnectionDraft,
  ConnectionForm,
  checkedConnection,
  connectionOf,
  emptyConnection,
} from './pull-connection.tsx';
import { ReadingFields } from './pull-reading-fields.tsx';
import { named, SCHEDULES, scheduleKey, suggestedReading } from './pull-words.ts';
import { SampleRows } from './sample-rows.tsx';

type Looked = AnswerOf<typeof api.lookAtPull>;
type Sample = AnswerOf<typeof api.samplePull>;
interface Reached {
  connection: PullConnection;
  secret?: string;
}

/** From a connection to the first rows, a step beneath the other: each opens when the one before is right. */
export default function NewPullPage() {
  const { t } = useTranslation('collect');
  const to = useTo();
  const abilities = useApi(api.pullAbilities, {});
  return (
    <Page
      narrow
      title={t('pull.newTitle')}
      headline={t('pull.note')}
      breadcrumbs={[{ label: t('pull.title'), href: to('/pulls') }]}
    >
      <Answer of={abilities}>{({ kinds }) => <Steps kinds={kinds} />}</Answer>
    </Page>
  );
}

function Steps({ kinds }: { kinds: readonly PullKind[] }) {
  const { t } = useTranslation('collect');
  const [kind, setKind] = useState<PullKind>(kinds[0] ?? 's3');
  const [reached, setReached] = useState<(Reached & { looked: Looked }) | null>(null);
  const [chosen, setChosen] = useState<{ what: Chosen; sample: Sample } | null>(null);
  const [mapping, setMapping] = useState<Record<string, unknown> | null>(null);
  const sample = useAction(api.samplePull);
  const anew = () => {
    setReached(null);
    setChosen(null);
    setMapping(null);
  };
  const choose = async (what: Chosen) => {
    setChosen(null);
    setMapping(null);
    if (!reached) return;
    const { looked: _, ...place } = reached;
    const asked =
      what.of === 'table'
        ? { schema: what.table.schema, table: what.table.table }
        : { pattern: what.pattern };
    const file = await sample.run({ body: { ...place, ...asked } });
    if (!file) return;
    setChosen({ what, sample: file });
    setMapping(file.role === null ? null : file.mapping);
  };
  const keepMapping = useCallback(async (next: Record<string, unknown>) => setMapping(next), []);
  return (
    <>
      <Panel title={t('pull.step.where')} note={t('pull.step.whereNote')}>
        <Radio.Group
          aria-label={t('pull.step.where')}
          className="qm-ways"
          value={kind}
          onChange={(event) => {
            setKind(event.target.value as PullKind);
            anew();
          }}
        >
          {kinds.map((one) => (
            <Radio key={one} value={one}>
              <b>{t(`pull.kind.${one}.name`)}</b>
              <span className="qm-note">{t(`pull.kind.${one}.text`)}</span>
            </Radio>
          ))}
        </Radio.Group>
        <Where
          key={kind}
          kind={kind}
          looked={reached?.looked ?? null}
          onChange={anew}
          onReached={setReached}
        />
      </Panel>
      {reached && <What looked={reached.looked} kind={kind} running={sample.running} onChosen={choose} />}
      {chosen && (
        <Panel title={t('pull.step.means')} note={t('pull.step.meansNote')}>
          <div className="qm-pull-sample">
            <SampleRows file={chosen.sample} />
          </div>
          <MappingEditor
            key={chosen.sample.name}
            file={chosen.sample}
            canWrite
            onUnsaved={nothing}
            onMapping={keepMapping}
          />
        </Panel>
      )}
      {reached && chosen && (
        <When reached={reached} what={chosen.what} mapping={mapping} name={chosen.sample.name} />
      )}
    </>
  );
}

const nothing = () => {};

function Where({
  kind,
  looked,
  onChange,
  onReached,
}: {
  kind: PullKind;
  looked: Looked | null;
  onChange: () => void;
  onReached: (reached: Reached & { looked: Looked }) => void;
}) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const [form] = Form.useForm<ConnectionDraft>();
  const look = useAction(api.lookAtPull);
  const test = async () => {
    const draft = await checkedConnection(form);
    if (!draft) return;
    const place = connectionOf(kind, draft);
    const answer = await look.run({ body: place });
    if (answer) onReached({ ...place, looked: answer });
  };
  const isDatabase = kind === 'postgresql' || kind === 'mysql';
  const count = looked ? (isDatabase ? looked.tables.length : looked.files.length) : 0;
  const said = { count, number: format.number(count) };
  return (
    <div className="qm-pull-part">
      <ConnectionForm form={form} kind={kind} initial={emptyConnection(kind)} onChange={onChange} />
      <div className="qm-collect-row">
        <Button type={looked ? 'default' : 'primary'} loading={look.running} onClick={() => void test()}>
          {t('pull.test')}
        </Button>
        {looked && (
          <span role="status" className="qm-good-text">
            {looked.isCut
              ? t('pull.testedMore', said)
              : t(isDatabase ? 'pull.tested' : 'pull.testedFiles', said)}
          </span>
        )}
      </div>
      <Faults of={look.fields} />
    </div>
  );
}

/** Faults that belong to no field on the screen. */
function Faults({ of }: { of: Record<string, string> | undefined }) {
  const faults = Object.entries(of ?? {});
  if (faults.length === 0) return null;
  return (
    <Alert type="error" showIcon title={faults.map(([field, fault]) => `${field}: ${fault}`).join('; ')} />
  );
}

type Chosen = { of: 'table'; table: PullTable } | { of: 'files'; pattern: string };

function What({
  looked,
  kind,
  running,
  onChosen,
}: {
  looked: Looked;
  kind: PullKind;
  running: boolean;
  onChosen: (what: Chosen) => void;
}) {
  const { t } = useTranslation('collect');
  const [pattern, setPattern] = useState('');
  const isFiles = kind === 's3' || kind === 'folder';
  const nameOf = (table: PullTable) => named(table.schema, table.table);
  return (
    <Panel title={t('pull.step.what')} note={t(isFiles ? 'pull.step.whatFiles' : 'pull.step.whatTable')}>
      {isFiles ? (
        <div className="qm-pull-part">
          <form
            className="qm-pull-pattern"
            onSubmit={(event) => {
              event.preventDefault();
              if (pattern.trim() !== '') onChosen({ of: 'files', pattern: pattern.trim() });
            }}
          >
            <Input
              aria-label={t('pull.pattern')}
              placeholder={t('pull.patternHint')}
              value={pattern}
              maxLength={500}
              onChange={(event) => setPattern(event.target.value)}
            />
            <Button htmlType="submit" type="primary" loading={running}>
              {t('pull.look')}
            </Button>
          </form>
          <ul className="qm-chosen qm-pull-files" aria-label={t('pull.files')}>
            {looked.files.slice(0, 8).map((file) => (
              <li key={file.path}>
                <Button type="link" onClick={() => setPattern(file.path)}>
                  {file.path}
                </Button>
                <DateText at={file.changedAt} as="dateTime" />
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <Select
          aria-label={t('pull.table')}
          placeholder={t('pull.table')}
          className="qm-pull-wide"
          loading={running}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(at: number) => onChosen({ of: 'table', table: looked.tables[at]! })}
          options={looked.tables.map((table, value) => ({
            value,
            label: table.isView ? `${nameOf(table)} (${t('pull.view')})` : nameOf(table),
          }))}
        />
      )}
    </Panel>
  );
}

interface Reading {
  name: string;
  cursor?: string;
  key?: string[];
  overlap?: number;
  every: number | 'asked';
}

function When({
  reached,
  what,
  mapping,
  name,
}: {
  reached: Reached & { looked: Looked };
  what: Chosen;
  mapping: Record<string, unknown> | null;
  name: string;
}) {
  const { t } = useTranslation('collect');
  const go = useGo();
  const [form] = Form.useForm<Reading>();
  const create = useAction(api.createPull, {
    refreshes: [api.listPulls, api.listSources],
    done: t('pull.created'),
  });
  const table = what.of === 'table' ? what.table : null;
  const suggested = table && suggestedReading(table);
  const submit = async ({ name: called, cursor, key, overlap, every }: Reading) => {
    if (!mapping) return;
    const target: PullTarget =
      what.of === 'files'
        ? { of: 'files', pattern: what.pattern }
        : {
            ...{ of: 'table', schema: what.table.schema, table: what.table.table },
            ...{ cursor: cursor ?? '', key: key ?? [], overlap: overlap ?? 0 },
          };
    const { connection, secret } = reached;
    const made = await create.run({
      body: {
        ...{ name: called, connection, target, mapping, everyMinutes: every === 'asked' ? null : every },
        ...(secret === undefined ? {} : { secret }),
      },
    });
    if (made) go(`/pulls/${made.id}`);
  };
  return (
    <Panel title={t('pull.step.when')} note={t('pull.step.whenNote')}>
      <Form
        key={name}
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={submit}
        initialValues={{
          name: name.split('/').at(-1),
          every: 60,
          ...(suggested ? { ...suggested, cursor: suggested.cursor ?? undefined } : {}),
        }}
      >
        {table && <ReadingFields table={table} />}
        <div className="qm-pull-fields">
          <FormField
            name="name"
            label={t('pull.name')}
            hint={t('pull.nameHint')}
            rules={[{ required: true, whitespace: true, message: t('sources.nameMissing') }]}
          >
            <Input maxLength={80} autoComplete="off" />
          </FormField>
          <FormField name="every" label={t('pull.schedule')}>
            <Select options={useSchedules()} />
          </FormField>
        </div>
        <Faults of={create.fields} />
        <Button
          type="primary"
          size="large"
          htmlType="submit"
          loading={create.running}
          disabled={mapping === null}
        >
          {t('pull.submit')}
        </Button>
      </Form>
    </Panel>
  );
}

/** Schedules as a choice. */
export function useSchedules() {
  const { t } = useTranslation('collect');
  return SCHEDULES.map((minutes) => ({
    value: minutes ?? 'asked',
    label: t(`pull.schedules.${scheduleKey(minutes)}`, { minutes: minutes ?? 0 }),
  }));
}
