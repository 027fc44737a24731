import { api, type ImportRun } from '@qianmian/contract';
import { Alert, Button, Select } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { currencies, currencyLabel, timeZones } from '../governance/money-places.ts';
import { useCan } from '../shell/session.tsx';
import { useAction } from '../shell/use-api.ts';
import { Panel } from '../ui/index.ts';
import { CurrencyStays } from './currency-stays.tsx';
import { ImportFilePanel } from './import-file.tsx';
import { Labelled } from './labelled.tsx';
import { suggestPreset, WAYS, type Way, wayOf } from './presets.ts';

const REFRESHES = [api.getImport, api.listImports] as const;

/** What was found in the files, to be looked over and corrected before anything is imported. */
export function ImportDraft({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const update = useAction(api.updateImport, { refreshes: REFRESHES });
  const start = useAction(api.startImport, { refreshes: REFRESHES });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const change = useCallback(
    (body: Parameters<typeof update.run>[0]['body']) => update.run({ params: { id: run.id }, body }),
    [update.run, run.id],
  );
  const onOpen = useCallback(
    (name: string, isOpen: boolean) =>
      setOpen((before) => {
        const next = new Set(before);
        if (isOpen) next.add(name);
        else next.delete(name);
        return next;
      }),
    [],
  );
  const used = run.files.filter((file) => file.role !== null);
  const unused = run.files.filter((file) => file.role === null);
  return (
    <>
      <Suggestion run={run} onChoose={(way) => void change({ preset: way })} />
      <CurrencyStays currency={run.currency} />
      <Settings run={run} onChange={change} disabled={!canWrite || update.running} fields={update.fields} />
      {[...used, ...unused].map((file) => (
        <ImportFilePanel
          key={file.name}
          run={run}
          file={file}
          canWrite={canWrite}
          onUnsaved={onOpen}
          onMapping={(mapping) => change({ mappings: { [file.name]: mapping } })}
          fields={update.fields}
        />
      ))}
      {canWrite && (
        <div className="qm-collect-end">
          <Button
            type="primary"
            size="large"
            disabled={used.length === 0 || open.size > 0}
            loading={start.running}
            onClick={() => void start.run({ params: { id: run.id } })}
          >
            {t('draft.start')}
          </Button>
          <span className="qm-note">
            {open.size > 0
              ? t('draft.blocked')
              : used.length === 0
                ? t('draft.nothing')
                : t('draft.startNote')}
          </span>
        </div>
      )}
    </>
  );
}

/** Columns that only one known export has say so. */
function Suggestion({ run, onChoose }: { run: ImportRun; onChoose: (way: Way) => void }) {
  const { t } = useTranslation('collect');
  const canWrite = useCan('data.write');
  const suggested = useMemo(() => suggestPreset(run.files.map((file) => file.headers)), [run.files]);
  const known = suggested ?? wayOf(run.preset);
  if (known === 'guess') return null;
  const name = t(`way.${known}.name`);
  if (known === run.preset)
    return (
      <Alert
        type="success"
        showIcon
        title={t('draft.recognised', { name })}
        description={t('draft.recognisedText')}
      />
    );
  if (!canWrite) return null;
  return (
    <Alert
      type="info"
      showIcon
      title={t('draft.suggestion', { name })}
      description={t('draft.suggestionText')}
      action={<Button onClick={() => onChoose(known)}>{t('draft.suggestionGo')}</Button>}
    />
  );
}

function Settings({
  run,
  onChange,
  disabled,
  fields,
}: {
  run: ImportRun;
  onChange: (body: { preset?: string | null; currency?: string; timeZone?: string }) => unknown;
  disabled: boolean;
  fields?: Record<string, string>;
}) {
  const { t, i18n } = useTranslation('collect');
  const way = wayOf(run.preset);
  const money = useMemo(
    () => currencies().map((value) => ({ value, label: currencyLabel(value, i18n.language) })),
    [i18n.language],
  );
  const zones = useMemo(() => timeZones().map((value) => ({ value, label: value.replaceAll('_', ' ') })), []);
  const search = { optionFilterProp: 'label' } as const;
  return (
    <Panel title={t('draft.settings')} note={t('draft.settingsNote')}>
      <div className="qm-collect-settings">
        <Labelled label={t('new.what')} hint={<small className="qm-note">{t(`way.${way}.text`)}</small>}>
          {(id) => (
            <Select
              id={id}
              value={way}
              disabled={disabled}
              onChange={(next: Way) => onChange({ preset: next === 'guess' ? null : next })}
              options={WAYS.map((value) => ({ value, label: t(`way.${value}.name`) }))}
            />
          )}
        </Labelled>
        <Labelled
          label={t('draft.currency')}
          hint={
            <Hint
              fault={fields?.currency}
              text={t(run.isCurrencyFixed ? 'draft.currencyOwn' : 'draft.currencyHint')}
            />
          }
        >
          {(id) => (
            <Select
              id={id}
              value={run.currency}
              disabled={disabled || run.isCurrencyFixed}
              showSearch={search}
              onChange={(next: string) => onChange({ currency: next })}
              options={money}
            />
          )}
        </Labelled>
        <Labelled
          label={t('draft.timeZone')}
          hint={<Hint fault={fields?.timeZone} text={t('draft.timeZoneHint')} />}
        >
          {(id) => (
            <Select
              id={id}
              value={run.timeZone}
              disabled={disabled}
              showSearch={search}
              onChange={(timeZone: string) => onChange({ timeZone })}
              options={zones}
            />
          )}
        </Labelled>
      </div>
    </Panel>
  );
}

function Hint({ fault, text }: { fault?: string; text: string }) {
  return <small className={fault ? 'qm-bad-text' : 'qm-note'}>{fault ?? text}</small>;
}
