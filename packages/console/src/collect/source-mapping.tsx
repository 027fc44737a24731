import { type AnswerOf, api, type Source, type Trial } from '@qianmian/contract';
import { Alert, Button, Input } from 'antd';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Panel, useFormat } from '../ui/index.ts';
import { type MappingFault, readHeaders, readMapping, writeHeaders } from './source-words.ts';

type Preset = AnswerOf<typeof api.listHookPresets>[number];

/** What calls become: the mapping as JSON, and what a payload would be by it before it is saved. */
export function SourceMapping({ source, hook }: { source: Source; hook: NonNullable<Source['hook']> }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const presets = useApi(api.listHookPresets, {}, { staleMs: 3_600_000 });
  const preset = presets.data?.find((one) => one.name === hook.preset);
  const [typed, setTyped] = useState(() => JSON.stringify(hook.mapping, null, 2));
  const read = useMemo(() => readMapping(typed), [typed]);
  const [id, faultsId] = [useId(), useId()];
  const save = useAction(api.updateSource, {
    refreshes: [api.getSource, api.listSources],
    done: t('source.mappingSaved'),
  });
  const faults =
    'faults' in read
      ? read.faults
      : Object.entries(save.fields ?? {}).map(([path, text]) => ({ path, text }));
  const params = { id: source.id };
  return (
    <div className="qm-collect-stack">
      <Panel
        title={t('source.mapping')}
        note={t(hook.isPresets ? 'source.mappingPreset' : 'source.mappingOwn')}
      >
        <label htmlFor={id} className="qm-note">
          {t('source.mappingHint')}
        </label>
        <Input.TextArea
          id={id}
          className="qm-code-area"
          value={typed}
          readOnly={!canWrite}
          onChange={(change) => setTyped(change.target.value)}
          autoSize={{ minRows: 12, maxRows: 28 }}
          spellCheck={false}
          status={faults.length > 0 ? 'error' : undefined}
          aria-invalid={faults.length > 0}
          aria-describedby={faultsId}
        />
        <Faults id={faultsId} of={faults} />
        {canWrite && (
          <div className="qm-collect-row">
            <Button
              type="primary"
              disabled={!('mapping' in read)}
              loading={save.running}
              onClick={() => 'mapping' in read && save.run({ params, body: { mapping: read.mapping } })}
            >
              {t('source.saveMapping')}
            </Button>
            {!hook.isPresets && (
              <Button onClick={() => save.run({ params, body: { mapping: null } })}>
                {t('source.usePreset')}
              </Button>
            )}
          </div>
        )}
      </Panel>
      {canWrite && preset && <TryIt source={source} preset={preset} read={read} />}
    </div>
  );
}

function Faults({ id, of }: { id: string; of: readonly MappingFault[] }) {
  return (
    <ul id={id} className="qm-faults" aria-live="polite">
      {of.map((fault) => (
        <li key={`${fault.path} ${fault.text}`}>
          {fault.path && <code>{fault.path}</code>} {fault.text}
        </li>
      ))}
    </ul>
  );
}

/** Paste a payload, or take the sender's sample or the last call, and see what it becomes. */
function TryIt({
  source,
  preset,
  read,
}: {
  source: Source;
  preset: Preset;
  read: ReturnType<typeof readMapping>;
}) {
  const { t } = useTranslation('collect');
  const [headers, setHeaders] = useState(writeHeaders(preset.sample.headers));
  const [body, setBody] = useState(preset.sample.body);
  const last = useApi(api.listDeliveries, { params: { id: source.id }, query: { limit: 1 } });
  const recent = last.data?.rows[0];
  const came = useApi(
    api.getDelivery,
    { params: { id: source.id, deliveryId: recent?.id ?? '' } },
    { enabled: recent !== undefined, staleMs: 60_000 },
  );
  const attempt = useAction(api.trySource);
  const [trial, setTrial] = useState<Trial | null>(null);
  const [headersId, bodyId] = [useId(), useId()];
  const run = async () => {
    if (!('mapping' in read)) return;
    const made = await attempt.run({
      params: { id: source.id },
      body: { mapping: read.mapping, sample: { headers: readHeaders(headers), body } },
    });
    if (made) setTrial(made);
  };
  const take = (sample: { headers: Record<string, string>; body: string }) => {
    setHeaders(writeHeaders(sample.headers));
    setBody(sample.body);
    setTrial(null);
  };
  return (
    <Panel
      title={t('source.try')}
      note={t('source.tryNote')}
      extra={
        <div className="qm-collect-row">
          <Button onClick={() => take(preset.sample)}>{t('source.sample')}</Button>
          {came.data && <Button onClick={() => take(came.data)}>{t('source.lastCall')}</Button>}
        </div>
      }
    >
      <label htmlFor={headersId}>{t('source.headers')}</label>
      <Input.TextArea
        id={headersId}
        className="qm-code-area"
        value={headers}
        onChange={(change) => setHeaders(change.target.value)}
        autoSize={{ minRows: 2, maxRows: 6 }}
        spellCheck={false}
      />
      <label htmlFor={bodyId}>{t('source.body')}</label>
      <Input.TextArea
        id={bodyId}
        className="qm-code-area"
        value={body}
        onChange={(change) => setBody(change.target.value)}
        autoSize={{ minRows: 6, maxRows: 16 }}
        spellCheck={false}
      />
      <div className="qm-collect-row">
        <Button onClick={run} disabled={!('mapping' in read)} loading={attempt.running}>
          {t('source.try')}
        </Button>
      </div>
      {trial && <Outcome trial={trial} />}
    </Panel>
  );
}

function Outcome({ trial }: { trial: Trial }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const facts = trial.facts.map((one) =>
    t(`source.facts.${one.kind}`, { count: one.count, defaultValue: one.kind }),
  );
  return (
    <section aria-live="polite" className="qm-collect-stack">
      {trial.faults.map((fault) => (
        <Alert
          key={`${fault.message} ${fault.detail}`}
          type="error"
          showIcon
          title={fault.message === null ? fault.reason : `${fault.reason} · ${fault.message + 1}`}
          description={fault.detail}
        />
      ))}
      {trial.faults.length === 0 && (
        <p>
          {trial.messagesInAll === 0
            ? t('source.ignored')
            : t('source.becomes', {
                count: trial.messagesInAll,
                messages: format.number(trial.messagesInAll),
                facts: facts.join(t('source.and')),
              })}
        </p>
      )}
      {trial.messages.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section aria-label={t('source.messages')} tabIndex={0}>
          <pre className="qm-code">{JSON.stringify(trial.messages, null, 2)}</pre>
        </section>
      )}
    </section>
  );
}
