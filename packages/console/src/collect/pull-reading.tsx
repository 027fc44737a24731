import { type AnswerOf, api, type Pull, type PullTarget } from '@qianmian/contract';
import { Alert, Button, Form, Input, Select } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { currencies, currencyLabel, timeZones } from '../governance/money-places.ts';
import { useAction } from '../shell/use-api.ts';
import { FormField, Loading, useFieldFaults } from '../ui/index.ts';
import './pulls.css';
import { MappingEditor } from './mapping-editor.tsx';
import { ReadingFields } from './pull-reading-fields.tsx';
import { beginsAnew, named, suggestedReading } from './pull-words.ts';

interface Reading {
  /** The place of the table among those that were found. */
  table?: number;
  pattern?: string;
  cursor?: string;
  key?: string[];
  overlap?: number;
  currency: string;
  timeZone: string;
}
type Looked = AnswerOf<typeof api.lookAtPull>;
type Sample = AnswerOf<typeof api.samplePull>;

/** What a source reads there and how it follows it; of another table also what its columns mean. */
export function ChangeReading({ pull, onDone }: { pull: Pull; onDone: () => void }) {
  const { t } = useTranslation('collect');
  const look = useAction(api.lookAtPull);
  const [looked, setLooked] = useState<Looked | null>(null);
  const { id, connection, target } = pull;
  const { run } = look;
  const isTable = target.of === 'table';
  const find = useCallback(async () => {
    const found = await run({ body: { connection, pullId: id } });
    if (found) setLooked(found);
  }, [run, connection, id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when it is opened
  useEffect(() => {
    if (isTable) void find();
  }, []);
  if (!isTable) return <Fields pull={pull} tables={[]} onDone={onDone} />;
  if (looked) return <Fields pull={pull} tables={looked.tables} onDone={onDone} />;
  return look.running ? <Loading /> : <Button onClick={() => void find()}>{t('pull.test')}</Button>;
}

function Fields({ pull, tables, onDone }: { pull: Pull; tables: Looked['tables']; onDone: () => void }) {
  const { t, i18n } = useTranslation('collect');
  const { target, connection } = pull;
  const [form] = Form.useForm<Reading>();
  const [file, setFile] = useState<Sample | null>(null);
  const [mapping, setMapping] = useState<Record<string, unknown> | null>(null);
  const keep = useCallback(async (next: Record<string, unknown>) => setMapping(next), []);
  const sample = useAction(api.samplePull);
  const save = useAction(api.updatePull, {
    refreshes: [api.getPull, api.listPulls],
    done: t('pull.saved'),
    onDone,
  });
  useFieldFaults(form, save.fields);
  const typed = Form.useWatch([], form) as Partial<Reading> | undefined;
  const now = tables.findIndex(
    (one) => target.of === 'table' && one.schema === target.schema && one.table === target.table,
  );
  const table = tables[typed?.table ?? now];
  const targetOf = (given: Partial<Reading>): PullTarget => {
    if (target.of === 'files') return { of: 'files', pattern: (given.pattern ?? target.pattern).trim() };
    const chosen = tables[given.table ?? now] ?? target;
    return {
      ...{ of: 'table', schema: chosen.schema, table: chosen.table },
      ...{ cursor: given.cursor ?? target.cursor, key: given.key ?? target.key },
      overlap: given.overlap ?? 0,
    };
  };
  const choose = async (at: number) => {
    setFile(null);
    setMapping(null);
    const chosen = tables[at];
    if (!chosen || at === now) return;
    const { cursor, key, overlap } = suggestedReading(chosen);
    form.setFieldsValue({ cursor: cursor ?? undefined, key, overlap });
    const found = await sample.run({
      body: { connection, pullId: pull.id, schema: chosen.schema, table: chosen.table },
    });
    if (!found) return;
    setFile(found);
    setMapping(found.role === null ? null : found.mapping);
  };
  const isOther = table !== undefined && tables.indexOf(table) !== now;
  const money = useMemo(
    () => currencies().map((value) => ({ value, label: currencyLabel(value, i18n.language) })),
    [i18n.language],
  );
  const zones = useMemo(() => timeZones().map((value) => ({ value, label: value.replaceAll('_', ' ') })), []);
  const search = { optionFilterProp: 'label' } as const;
  const submit = (given: Reading) =>
    save.run({
      params: { id: pull.id },
      body: {
        ...{ target: targetOf(given), currency: given.currency, timeZone: given.timeZone },
        ...(isOther && mapping ? { mapping } : {}),
      },
    });
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      onFinish={submit}
      initialValues={{
        ...{ currency: pull.currency, timeZone: pull.timeZone },
        ...(target.of === 'files'
          ? { pattern: target.pattern }
          : { ...target, table: now < 0 ? undefined : now }),
      }}
    >
      {target.of === 'files' ? (
        <FormField
          name="pattern"
          label={t('pull.pattern')}
          hint={t('pull.patternHint')}
          rules={[{ required: true, whitespace: true, message: t('pull.needed') }]}
        >
          <Input maxLength={500} autoComplete="off" spellCheck={false} />
        </FormField>
      ) : (
        <>
          <FormField
            name="table"
            label={t('pull.table')}
            rules={[{ required: true, message: t('pull.needed') }]}
          >
            <Select
              showSearch={search}
              loading={sample.running}
              onChange={(at: number) => void choose(at)}
              options={tables.map((one, value) => ({
                value,
                label: one.isView
                  ? `${named(one.schema, one.table)} (${t('pull.view')})`
                  : named(one.schema, one.table),
              }))}
            />
          </FormField>
          {table && <ReadingFields table={table} />}
        </>
      )}
      <div className="qm-pull-fields">
        <FormField name="timeZone" label={t('pull.timeZone')}>
          <Select showSearch={search} options={zones} />
        </FormField>
        <FormField name="currency" label={t('pull.currency')}>
          <Select showSearch={search} options={money} />
        </FormField>
      </div>
      {isOther && file && (
        <MappingEditor file={file} canWrite onUnsaved={nothing} onMapping={keep} fields={save.fields} />
      )}
      {typed && beginsAnew(target, targetOf(typed)) && (
        <Alert className="qm-pull-anew" type="warning" showIcon title={t('pull.beginsAnew')} />
      )}
      <Button
        type="primary"
        htmlType="submit"
        loading={save.running}
        disabled={sample.running || (isOther && mapping === null)}
      >
        {t('pull.save')}
      </Button>
    </Form>
  );
}

const nothing = () => {};
