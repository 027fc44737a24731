import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { api, CHANNELS } from '@qianmian/contract';
import { Button, Input, Popover, Select } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction, useApi } from '../shell/use-api.ts';
import { useFormat } from '../ui/index.ts';
import type { ImportFile } from './import-file.tsx';
import { Labelled } from './labelled.tsx';
import {
  assignConsent,
  assignField,
  type ConsentChannel,
  canConsent,
  columnUse,
  EXTRA_TYPES,
  type ExtraType,
  extrasOf,
  type Field,
  faultField,
  fitTo,
  isComplete,
  isRequired,
  keepAsExtra,
  leaveOut,
  type Mapping,
  offeredFields,
  RECORD_KINDS,
  type RecordKind,
  readMapping,
  requirements,
  sureness,
  toSend,
  withKind,
} from './mapping.ts';
import { cellText } from './sample-rows.tsx';

interface MappingEditorProps {
  file: ImportFile;
  canWrite: boolean;
  onUnsaved: (name: string, isOpen: boolean) => void;
  onMapping: (mapping: Record<string, unknown>) => Promise<unknown>;
  fields?: Record<string, string>;
}

/** What each column means, a column a row; kept as soon as everything needed is there. */
export function MappingEditor({ file, canWrite, onUnsaved, onMapping, fields }: MappingEditorProps) {
  const { t } = useTranslation('collect');
  const [mapping, setMapping] = useState(() => readMapping(file.mapping));
  const complete = isComplete(mapping);
  const hasFaults = Object.keys(fields ?? {}).some((path) => faultField(path) !== '');
  const isTouched = file.role === null && file.mapping === null;
  useEffect(() => {
    onUnsaved(file.name, !complete && !(file.role === null && !isTouched));
    return () => onUnsaved(file.name, false);
  }, [complete, file.name, file.role, isTouched, onUnsaved]);
  const change = useCallback(
    (next: Mapping) => {
      setMapping(next);
      if (isComplete(next)) void onMapping(toSend(next));
    },
    [onMapping],
  );
  return (
    <div className="qm-mapping">
      <div className="qm-mapping-head">
        <Labelled label={t('mapping.rowsAre')}>
          {(id) => (
            <Select
              id={id}
              value={mapping.kind}
              disabled={!canWrite}
              onChange={(kind: RecordKind) => change(withKind(mapping, kind))}
              options={RECORD_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
            />
          )}
        </Labelled>
        <DateOrder mapping={mapping} onChange={change} disabled={!canWrite} />
        {canWrite && <SavedMappings file={file} mapping={mapping} onUse={change} complete={complete} />}
      </div>
      <Needs mapping={mapping} fields={hasFaults ? fields : undefined} />
      <Columns file={file} mapping={mapping} onChange={change} disabled={!canWrite} />
    </div>
  );
}

/** What must be known of each row, and which column tells it. */
function Needs({ mapping, fields }: { mapping: Mapping; fields?: Record<string, string> }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const faults = new Map(Object.entries(fields ?? {}).map(([path, fault]) => [faultField(path), fault]));
  return (
    <ul className="qm-needs" aria-label={t('mapping.needs')} aria-live="polite">
      {requirements(mapping).map(({ anyOf, met, by }) => {
        const fault = anyOf.map((field) => faults.get(field)).find(Boolean);
        const names =
          anyOf.length > 4
            ? t('mapping.anyIdentifier')
            : format.list(anyOf.map((one) => t(`field.${one}.name`)));
        return (
          <li key={anyOf[0]} className={met === null || fault ? 'qm-need-missing' : 'qm-need-met'}>
            {met === null || fault ? <ExclamationCircleFilled /> : <CheckCircleFilled />}
            <span>
              {met === null
                ? t(anyOf.length > 1 ? 'mapping.needOneOf' : 'mapping.need', { field: names })
                : t('mapping.met', { field: t(`field.${met}.name`), column: by ?? '' })}
              {fault && <small className="qm-bad-text"> {fault}</small>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function DateOrder({
  mapping,
  onChange,
  disabled,
}: {
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation('collect');
  if (!mapping.fields.time) return null;
  return (
    <Labelled label={t('mapping.dates')}>
      {(id) => (
        <Select
          id={id}
          value={mapping.dates?.order ?? 'MDY'}
          disabled={disabled}
          onChange={(order: 'MDY' | 'DMY') => onChange({ ...mapping, dates: { order } })}
          options={[
            { value: 'MDY', label: t('mapping.MDY') },
            { value: 'DMY', label: t('mapping.DMY') },
          ]}
        />
      )}
    </Labelled>
  );
}

interface ColumnsProps {
  file: ImportFile;
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
  disabled: boolean;
}

function Columns({ file, mapping, onChange, disabled }: ColumnsProps) {
  const { t } = useTranslation('collect');
  return (
    <div className="qm-mapping-frame">
      <table className="qm-plain-table qm-mapping-table">
        <thead>
          <tr>
            <th scope="col">{t('mapping.column')}</th>
            <th scope="col">{t('mapping.values')}</th>
            <th scope="col">{t('mapping.means')}</th>
            <th scope="col">{t('mapping.sure')}</th>
          </tr>
        </thead>
        <tbody>
          {file.headers.map((column) => (
            <ColumnRow
              key={column}
              column={column}
              file={file}
              mapping={mapping}
              onChange={onChange}
              disabled={disabled}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What a choice begins with that makes a column say who agreed. */
const CONSENT = 'consent.';

function ColumnRow({ column, file, mapping, onChange, disabled }: ColumnsProps & { column: string }) {
  const { t } = useTranslation('collect');
  const use = columnUse(mapping, column);
  const samples = [...new Set(file.sample.map((row) => cellText(row[column])).filter(Boolean))].slice(0, 3);
  const value =
    use.use === 'field' ? use.field : use.use === 'consent' ? `${CONSENT}${use.channel}` : use.use;
  const choose = (next: string) => {
    if (next === 'none') onChange(leaveOut(mapping, column));
    else if (next === 'extra') onChange(keepAsExtra(mapping, column));
    else if (next.startsWith(CONSENT))
      onChange(assignConsent(mapping, column, next.slice(CONSENT.length) as ConsentChannel));
    else onChange(assignField(mapping, column, next as Field));
  };
  return (
    <tr className={use.use === 'none' ? 'qm-mapping-idle' : undefined}>
      <th scope="row">{column}</th>
      <td className="qm-mapping-values" title={samples.join(' · ')}>
        {samples.join(' · ') || '–'}
      </td>
      <td>
        <div className="qm-mapping-choice">
          <Select
            className="qm-mapping-field"
            value={value}
            disabled={disabled}
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('mapping.meansOf', { column })}
            onChange={choose}
            options={useFieldOptions(mapping.kind)}
            popupMatchSelectWidth={false}
            optionRender={(option) => <FieldOption value={String(option.value)} label={option.label} />}
          />
          {use.use === 'extra' && (
            <Select
              className="qm-mapping-type"
              value={use.type}
              disabled={disabled}
              aria-label={t('mapping.typeOf', { column })}
              onChange={(type: ExtraType) => onChange(keepAsExtra(mapping, column, type))}
              options={EXTRA_TYPES.map((type) => ({ value: type, label: t(`mapping.type.${type}`) }))}
            />
          )}
        </div>
        {use.use === 'field' && <small className="qm-note">{t(`field.${use.field}.text`)}</small>}
        {use.use === 'consent' && <small className="qm-note">{t(`consent.${use.channel}.text`)}</small>}
      </td>
      <td>{use.use === 'field' && <Sure confidence={use.confidence} />}</td>
    </tr>
  );
}

function FieldOption({ value, label }: { value: string; label: React.ReactNode }) {
  const { t } = useTranslation('collect');
  const text =
    value === 'none' || value === 'extra'
      ? null
      : value.startsWith(CONSENT)
        ? t(`consent.${value.slice(CONSENT.length) as ConsentChannel}.text`)
        : t(`field.${value as Field}.text`);
  return (
    <span className="qm-field-option">
      <span>{label}</span>
      {text && <small className="qm-note">{text}</small>}
    </span>
  );
}

function useFieldOptions(kind: RecordKind) {
  const { t } = useTranslation('collect');
  return useMemo(() => {
    const place = extrasOf(kind);
    return [
      { value: 'none', label: t('mapping.none') },
      ...(place ? [{ value: 'extra', label: t(`mapping.extra.${place}`) }] : []),
      ...offeredFields(kind).map(({ group, fields }) => ({
        label: t(`group.${group}`),
        options: fields.map((field) => ({
          value: field,
          label: isRequired(kind, field)
            ? t('mapping.required', { field: t(`field.${field}.name`) })
            : t(`field.${field}.name`),
        })),
      })),
      ...(canConsent(kind)
        ? [
            {
              label: t('consent.group'),
              options: CHANNELS.map((channel) => ({
                value: `${CONSENT}${channel}`,
                label: t(`consent.${channel}.name`),
              })),
            },
          ]
        : []),
    ];
  }, [kind, t]);
}

function Sure({ confidence }: { confidence: number | null }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  if (confidence === null) return <span className="qm-note">{t('mapping.chosen')}</span>;
  const level = sureness(confidence);
  return (
    <span className={`qm-sure qm-sure-${level}`} title={format.percent(confidence, 0)}>
      {t(`mapping.sureness.${level}`)}
    </span>
  );
}

/** Keeping this mapping under a name, and using one kept before. */
function SavedMappings({
  file,
  mapping,
  onUse,
  complete,
}: {
  file: ImportFile;
  mapping: Mapping;
  onUse: (mapping: Mapping) => void;
  complete: boolean;
}) {
  const { t } = useTranslation('collect');
  const saved = useApi(api.listMappings, {});
  const save = useAction(api.saveMapping, { refreshes: [api.listMappings], done: t('mapping.saved') });
  const [name, setName] = useState('');
  const [open, setOpen] = useState(false);
  const keep = async () => {
    const made = await save.run({ body: { name: name.trim(), mapping: toSend(mapping) } });
    if (made) setOpen(false);
  };
  return (
    <span className="qm-mapping-saved">
      {saved.data && saved.data.length > 0 && (
        <Select
          value={null}
          placeholder={t('mapping.useSaved')}
          aria-label={t('mapping.useSaved')}
          popupMatchSelectWidth={false}
          onChange={(id: string | null) => {
            const one = saved.data.find((it) => it.id === id);
            if (one) onUse(fitTo(readMapping(one.mapping), file.headers));
          }}
          options={saved.data.map((one) => ({ value: one.id, label: one.name }))}
        />
      )}
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        title={t('mapping.save')}
        content={
          <form
            className="qm-collect-row"
            onSubmit={(event) => {
              event.preventDefault();
              void keep();
            }}
          >
            <Input
              value={name}
              maxLength={80}
              placeholder={t('mapping.saveName')}
              aria-label={t('mapping.saveName')}
              onChange={(event) => setName(event.target.value)}
            />
            <Button htmlType="submit" type="primary" disabled={name.trim() === ''} loading={save.running}>
              {t('mapping.saveDo')}
            </Button>
          </form>
        }
      >
        <Button disabled={!complete}>{t('mapping.save')}</Button>
      </Popover>
    </span>
  );
}
