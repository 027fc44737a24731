import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { type AnswerOf, api, type Fix, type FixStep, type HeldSelection } from '@qianmian/contract';
import { Button, Checkbox, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../shell/use-api.ts';
import { Badge, type Tone, useFormat, useToast } from '../ui/index.ts';
import { prettyPayload } from './event-view.ts';
import { useReasonWords } from './use-reason-words.ts';

type Preview = AnswerOf<typeof api.previewFix>;

const OPS = ['renameEvent', 'rename', 'set', 'convert', 'remove'] as const;
const TYPES = ['string', 'number', 'integer', 'boolean', 'time'] as const;
const BLANK: Record<FixStep['op'], FixStep> = {
  renameEvent: { op: 'renameEvent', to: '' },
  rename: { op: 'rename', from: '', to: '' },
  set: { op: 'set', path: '', value: '' },
  convert: { op: 'convert', path: '', to: 'number' },
  remove: { op: 'remove', path: '' },
};
export const OUTCOME_TONES: Record<Preview['outcomes'][number]['outcome'], Tone> = {
  stored: 'good',
  warned: 'warn',
  repeated: 'quiet',
  quarantined: 'bad',
  rejected: 'bad',
  unreadable: 'bad',
};

const isWhole = (step: FixStep) =>
  ('path' in step ? step.path : 'from' in step ? step.from : 'x') !== '' &&
  (!('to' in step) || step.to !== '');

/** A value as it was typed: a number or yes/no where it reads as one, else text. */
function typedValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Says what is done with held messages, shows what would become of them, and puts them back on the road. */
export function FixEditor({
  selection,
  payload,
  onReplayed,
}: {
  selection: HeldSelection;
  /** The one message, to be corrected as JSON; absent for many. */
  payload?: string;
  onReplayed: () => void;
}) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const format = useFormat();
  const [steps, setSteps] = useState<FixStep[]>([]);
  const [accept, setAccept] = useState(false);
  const textId = useId();
  const [text, setText] = useState(() => (payload === undefined ? '' : prettyPayload(payload)));
  const isJson = payload === undefined || reads(text);
  const fix: Fix = {
    steps: steps.filter(isWhole),
    accept,
    ...(payload !== undefined && text !== prettyPayload(payload) ? { payload: text } : {}),
  };
  const preview = useAction(api.previewFix);
  const [seen, setSeen] = useState<Preview | null>(null);
  const replay = useAction(api.replayQuarantine, {
    refreshes: [api.listQuarantine, api.listHeldGroups, api.listJobs],
    onDone: ({ messages }) => {
      toast.done(t('quarantine.replaying', { count: messages, messages: format.number(messages) }));
      onReplayed();
    },
  });
  const change = (at: number, step: FixStep) => setSteps(steps.map((one, i) => (i === at ? step : one)));
  return (
    <div className="qm-collect-stack">
      {payload === undefined ? (
        <section className="qm-collect-stack">
          <h3 className="qm-collect-head">{t('quarantine.steps')}</h3>
          {steps.length === 0 && <p className="qm-note">{t('quarantine.noSteps')}</p>}
          {steps.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are known by their places
            <div key={at} className="qm-fix-step">
              <Select
                aria-label={t('quarantine.steps')}
                value={step.op}
                onChange={(op: FixStep['op']) => change(at, BLANK[op])}
                options={OPS.map((value) => ({ value, label: t(`quarantine.op.${value}`) }))}
              />
              <StepFields step={step} onChange={(next) => change(at, next)} />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('quarantine.removeStep')}
                onClick={() => setSteps(steps.filter((_, i) => i !== at))}
              />
            </div>
          ))}
          <div>
            <Button icon={<PlusOutlined />} onClick={() => setSteps([...steps, BLANK.set])}>
              {t('quarantine.addStep')}
            </Button>
          </div>
        </section>
      ) : (
        <div className="qm-labelled">
          <label className="qm-collect-head" htmlFor={textId}>
            {t('quarantine.correct')}
          </label>
          <Input.TextArea
            id={textId}
            className="qm-held-payload"
            autoSize={{ minRows: 6, maxRows: 20 }}
            value={text}
            status={isJson ? '' : 'error'}
            onChange={(e) => setText(e.target.value)}
          />
          {!isJson && <span role="alert">{t('quarantine.notJson')}</span>}
        </div>
      )}
      <Checkbox checked={accept} onChange={(e) => setAccept(e.target.checked)}>
        {t('quarantine.accept')}
      </Checkbox>
      <div className="qm-held-bar">
        <Button
          disabled={!isJson}
          loading={preview.running}
          onClick={async () => setSeen((await preview.run({ body: { selection, fix } })) ?? null)}
        >
          {t('quarantine.preview')}
        </Button>
        <Button
          type="primary"
          disabled={!isJson}
          loading={replay.running}
          onClick={() => replay.run({ body: { selection, fix } })}
        >
          {t('quarantine.replay')}
        </Button>
      </div>
      {seen && <Seen preview={seen} />}
    </div>
  );
}

function Seen({ preview }: { preview: Preview }) {
  const { t } = useTranslation('collect');
  const words = useReasonWords();
  const format = useFormat();
  return (
    <section className="qm-collect-stack" aria-live="polite">
      <ul>
        {preview.outcomes.map((one) => (
          <li key={`${one.outcome} ${one.reason}`}>
            <Badge tone={OUTCOME_TONES[one.outcome]}>
              {one.outcome === 'unreadable'
                ? t('quarantine.unreadable')
                : t(`events.outcomes.${one.outcome}`)}
              {one.reason && ` · ${words.reason(one.reason)}`}: {format.number(one.messages)}
            </Badge>
          </li>
        ))}
      </ul>
      <p className="qm-note">
        {t('quarantine.looked', {
          looked: format.number(preview.looked),
          total: format.number(preview.total),
        })}
      </p>
      {preview.examples.slice(0, 3).map((one) => (
        <details key={one.id}>
          <summary>
            {one.detail ||
              (one.outcome === 'unreadable'
                ? t('quarantine.unreadable')
                : t(`events.outcomes.${one.outcome}`))}
          </summary>
          <h4>{t('quarantine.before')}</h4>
          <pre className="qm-code">{prettyPayload(one.before)}</pre>
          <h4>{t('quarantine.after')}</h4>
          <pre className="qm-code">{prettyPayload(one.after)}</pre>
        </details>
      ))}
    </section>
  );
}

function StepFields({ step, onChange }: { step: FixStep; onChange: (step: FixStep) => void }) {
  const { t } = useTranslation('collect');
  const field = (label: string, value: string, set: (value: string) => void) => (
    <Input aria-label={label} placeholder={label} value={value} onChange={(e) => set(e.target.value)} />
  );
  const path = t('quarantine.path');
  const to = t('quarantine.to');
  if (step.op === 'renameEvent') return field(to, step.to, (value) => onChange({ ...step, to: value }));
  if (step.op === 'rename')
    return (
      <>
        {field(path, step.from, (value) => onChange({ ...step, from: value }))}
        {field(to, step.to, (value) => onChange({ ...step, to: value }))}
      </>
    );
  const of = field(path, step.path, (value) => onChange({ ...step, path: value }));
  if (step.op === 'remove') return of;
  if (step.op === 'set')
    return (
      <>
        {of}
        {field(t('quarantine.value'), String(step.value), (value) =>
          onChange({ ...step, value: typedValue(value) }),
        )}
      </>
    );
  return (
    <>
      {of}
      <Select
        aria-label={to}
        value={step.to}
        onChange={(value) => onChange({ ...step, to: value })}
        options={TYPES.map((value) => ({ value, label: t(`quarantine.type.${value}`) }))}
      />
    </>
  );
}

function reads(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
