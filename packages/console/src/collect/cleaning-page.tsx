import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  ClearOutlined,
  DeleteOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import { type AnswerOf, api, CLEAN_KINDS, type CleanStep, isActing } from '@qianmian/contract';
import { Button, Dropdown, Segmented, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  EmptyState,
  Loading,
  Page,
  Panel,
  useAddressState,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { moved, newStep } from './cleaning-draft.ts';
import { CleaningHistory } from './cleaning-history.tsx';
import { StepForm } from './cleaning-step.tsx';
import './collect.css';
import './cleaning.css';

type State = AnswerOf<typeof api.getCleaning>;
const view = z.object({ part: z.enum(['steps', 'history']).default('steps') });
export const CLEANING_READS = [
  ...[api.getCleaning, api.listCleaningVersions, api.listCleaningRuns, api.listCleaningChanges],
  ...[api.listFindings, api.listFindingGroups, api.suggestCleaning],
];

/** The steps that clean what arrives and what is stored, in their order. */
export default function CleaningPage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const to = useTo();
  const [{ part }, setView] = useAddressState(view);
  const state = useApi(api.getCleaning, {}, { everyMs: 10_000 });
  const on = state.data?.steps.filter((step) => step.isOn && isActing(step)).length ?? 0;
  const changed = state.data?.changed ?? 0;
  return (
    <Page
      title={t('pages.cleaning')}
      headline={
        state.data &&
        (on === 0 && changed === 0
          ? t('cleaning.headlineNone')
          : t('cleaning.headline', { count: on, changed: format.number(changed) }))
      }
      note={t('cleaning.note')}
      filters={
        <Segmented
          aria-label={t('cleaning.part')}
          value={part}
          onChange={(value) => setView({ part: value })}
          options={(['steps', 'history'] as const).map((value) => ({ value, label: t(`cleaning.${value}`) }))}
        />
      }
      actions={<Anchor href={to('/cleaning/queue')}>{t('cleaning.toQueue')}</Anchor>}
    >
      <Answer of={state} loading={<Loading kind="page" />}>
        {(data) =>
          part === 'steps' ? <Steps key={data.version} state={data} /> : <CleaningHistory state={data} />
        }
      </Answer>
    </Page>
  );
}

function Steps({ state }: { state: State }) {
  const { t } = useTranslation('collect');
  const toast = useToast();
  const mayChange = useCan('data.write');
  const [steps, setSteps] = useState<CleanStep[]>(state.steps);
  const isChanged = JSON.stringify(steps) !== JSON.stringify(state.steps);
  const save = useAction(api.saveCleaning, { refreshes: CLEANING_READS, done: t('cleaning.saved') });
  const apply = useAction(api.applyCleaning, {
    refreshes: [...CLEANING_READS, api.listJobs],
    onDone: () => toast.note(t('cleaning.applied')),
  });
  const keep = (applyToPast: boolean) => save.run({ body: { steps, basedOn: state.version, applyToPast } });
  const add = (step: CleanStep) => setSteps([...steps, step]);
  const isBehind = state.version > 0 && state.appliedVersion !== state.version;
  return (
    <>
      {(isChanged || isBehind || state.running) && (
        <section className="qm-panel qm-clean-bar" aria-live="polite">
          {state.running ? <Badge tone="busy">{t('cleaning.running')}</Badge> : null}
          {!isChanged && isBehind && !state.running && <Badge tone="warn">{t('cleaning.behind')}</Badge>}
          {mayChange && isChanged && (
            <>
              <Button type="primary" loading={save.running} onClick={() => void keep(true)}>
                {t('cleaning.saveApply')}
              </Button>
              <Button loading={save.running} onClick={() => void keep(false)}>
                {t('cleaning.save')}
              </Button>
              <Button type="text" onClick={() => setSteps(state.steps)}>
                {t('cleaning.discard')}
              </Button>
            </>
          )}
          {mayChange && !isChanged && isBehind && !state.running && (
            <Button type="primary" loading={apply.running} onClick={() => void apply.run({})}>
              {t('cleaning.apply')}
            </Button>
          )}
        </section>
      )}
      <Panel
        title={t('cleaning.order')}
        extra={
          mayChange && (
            <Dropdown
              menu={{
                items: CLEAN_KINDS.map((kind) => ({ key: kind, label: t(`cleaning.kind.${kind}`) })),
                onClick: ({ key }) =>
                  add(
                    newStep(
                      key as CleanStep['kind'],
                      steps.map((one) => one.id),
                    ),
                  ),
              }}
            >
              <Button icon={<PlusOutlined />}>{t('cleaning.add')}</Button>
            </Dropdown>
          )
        }
      >
        {steps.length === 0 ? (
          <EmptyState
            small
            icon={<ClearOutlined />}
            title={t('cleaning.empty')}
            text={t('cleaning.emptyText')}
          />
        ) : (
          <ol className="qm-clean-steps">
            {steps.map((step, at) => (
              <li key={step.id}>
                <Step
                  {...{ step, steps, at, mayChange }}
                  counts={state.counts.find((one) => one.step === step.id)}
                  onChange={(next) => setSteps(steps.map((one, i) => (i === at ? next : one)))}
                  onMove={(by) => setSteps(moved(steps, at, by))}
                  onRemove={() => setSteps(steps.filter((_, i) => i !== at))}
                />
              </li>
            ))}
          </ol>
        )}
      </Panel>
      <Suggestions steps={steps} mayChange={mayChange} onTake={add} />
    </>
  );
}

function Step(props: {
  step: CleanStep;
  steps: CleanStep[];
  at: number;
  mayChange: boolean;
  counts: State['counts'][number] | undefined;
  onChange: (step: CleanStep) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const { step, steps, at, counts, mayChange } = props;
  const name = t(`cleaning.kind.${step.kind}`);
  const preview = useAction(api.previewCleaning);
  const [seen, setSeen] = useState<AnswerOf<typeof api.previewCleaning> | null>(null);
  return (
    <details className="qm-clean-step">
      <summary>
        <strong>
          {at + 1}. {name}
        </strong>
        {isActing(step) && (
          <span className="qm-note">
            {t('cleaning.acts', { field: `${t(`cleaning.subjects.${step.on.subject}`)} · ${step.on.field}` })}
          </span>
        )}
        {(step.kind === 'outlier' || step.kind === 'season') && (
          <span className="qm-note">{t(`cleaning.measures.${step.measure}`)}</span>
        )}
        {counts && counts.changed > 0 && (
          <Badge tone="good">
            {t('cleaning.changed', { count: counts.changed, number: format.number(counts.changed) })}
          </Badge>
        )}
        {counts && counts.open > 0 && (
          <Badge tone="warn">
            {t('cleaning.open', { count: counts.open, number: format.number(counts.open) })}
          </Badge>
        )}
      </summary>
      <div className="qm-collect-stack">
        <div className="qm-clean-tools">
          <Switch
            aria-label={`${name}: ${t('cleaning.on')}`}
            checked={step.isOn}
            disabled={!mayChange}
            onChange={(isOn) => props.onChange({ ...step, isOn })}
          />
          {mayChange && (
            <>
              <Button
                icon={<ArrowUpOutlined />}
                disabled={at === 0}
                aria-label={`${name}: ${t('cleaning.up')}`}
                onClick={() => props.onMove(-1)}
              />
              <Button
                icon={<ArrowDownOutlined />}
                disabled={at === steps.length - 1}
                aria-label={`${name}: ${t('cleaning.down')}`}
                onClick={() => props.onMove(1)}
              />
              <Button
                icon={<DeleteOutlined />}
                aria-label={`${name}: ${t('cleaning.remove')}`}
                onClick={props.onRemove}
              />
            </>
          )}
          {mayChange && (
            <Button
              loading={preview.running}
              onClick={async () => setSeen((await preview.run({ body: { steps, step: step.id } })) ?? null)}
            >
              {t('cleaning.preview')}
            </Button>
          )}
        </div>
        <StepForm step={step} onChange={props.onChange} />
        {seen && <Seen of={seen} isFinding={!isActing(step)} />}
      </div>
    </details>
  );
}

function Seen({ of, isFinding }: { of: AnswerOf<typeof api.previewCleaning>; isFinding: boolean }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const numbers = { changed: format.number(of.changed), looked: format.number(of.looked) };
  return (
    <section aria-live="polite" aria-label={t('cleaning.previewTitle')}>
      <p>
        {of.changed === 0
          ? t('cleaning.previewNone')
          : t(isFinding ? 'cleaning.previewFinds' : 'cleaning.previewActs', numbers)}
      </p>
      <ul className="qm-clean-examples">
        {of.examples.map((one) => (
          <li key={`${one.key} ${one.field} ${one.before}`}>
            <code>{one.before || '∅'}</code> → <code>{one.after}</code>
            <span className="qm-note">{one.field}</span>
          </li>
        ))}
        {of.findings.map((one) => (
          <li key={one.id}>
            <code>{one.key}</code> {one.field} <code>{one.value}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Suggestions({
  steps,
  mayChange,
  onTake,
}: {
  steps: readonly CleanStep[];
  mayChange: boolean;
  onTake: (step: CleanStep) => void;
}) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const list = useApi(api.suggestCleaning, {}, { staleMs: 60_000 });
  return (
    <Panel title={t('cleaning.suggested')} note={t('cleaning.suggestedNote')}>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(all) => {
          const left = all.filter((one) => !steps.some((step) => step.id === one.step.id));
          return left.length === 0 ? (
            <p className="qm-note">{t('cleaning.noSuggestion')}</p>
          ) : (
            <ul className="qm-clean-suggestions">
              {left.map((one) => (
                <li key={one.step.id}>
                  <div>
                    <strong>
                      {t(`cleaning.suggestion.${one.code}`, {
                        count: one.count,
                        number: format.number(one.count),
                      })}
                    </strong>
                    <span className="qm-note">
                      {isActing(one.step) &&
                        `${t(`cleaning.subjects.${one.step.on.subject}`)} · ${one.step.on.field} `}
                      {one.examples.join('  ')}
                    </span>
                  </div>
                  {mayChange && <Button onClick={() => onTake(one.step)}>{t('cleaning.take')}</Button>}
                </li>
              ))}
            </ul>
          );
        }}
      </Answer>
    </Panel>
  );
}
