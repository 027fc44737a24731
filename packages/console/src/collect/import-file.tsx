import type { ImportRun } from '@qianmian/contract';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Badge, Panel, useFormat } from '../ui/index.ts';
import { RECORD_KINDS } from './mapping.ts';
import { MappingEditor } from './mapping-editor.tsx';
import { SampleRows } from './sample-rows.tsx';
import { unreadableKey } from './unreadable.ts';

export type ImportFile = ImportRun['files'][number];

interface ImportFileProps {
  run: ImportRun;
  file: ImportFile;
  canWrite: boolean;
  /** Tells that the mapping on screen cannot be used yet. */
  onUnsaved: (name: string, isOpen: boolean) => void;
  onMapping: (mapping: Record<string, unknown>) => Promise<unknown>;
  fields?: Record<string, string>;
}

const PRESET_ROLES = [
  'transactions',
  'products',
  'demographics',
  'coupon_redemptions',
  'orders',
  'order lines',
  'members',
] as const;

/** What a file was found to be, its first rows, and what each column means. */
export function ImportFilePanel(props: ImportFileProps) {
  const { run, file, canWrite } = props;
  const { t } = useTranslation('collect');
  const format = useFormat();
  const [byHand, setByHand] = useState(false);
  const [showSample, setShowSample] = useState(false);
  const isReadable = file.headers.length > 0;
  const editing = isReadable && (file.mapping !== null || byHand);
  const facts = [
    file.format && t('file.format', { format: file.format.toUpperCase() }),
    file.encoding?.toUpperCase(),
    format.bytes(file.bytes),
    isReadable &&
      t('file.columns', { count: file.headers.length, columns: format.number(file.headers.length) }),
  ].filter(Boolean);
  return (
    <Panel
      title={file.name}
      note={facts.join(' · ')}
      extra={
        <Badge tone={file.role === null ? 'quiet' : 'good'}>
          {file.role === null ? t('file.unused') : <Role role={file.role} />}
        </Badge>
      }
    >
      {file.unusedWhy && <UnusedWhy file={file} hasPreset={run.preset !== null} />}
      <Statuses file={file} />
      <Consents file={file} isEdited={editing} />
      {editing && <MappingEditor {...props} />}
      {!editing && isReadable && (
        <div className="qm-collect-row">
          <Button onClick={() => setShowSample(!showSample)} aria-expanded={showSample}>
            {t(showSample ? 'file.hideSample' : 'file.showSample')}
          </Button>
          {canWrite && file.role === null && (
            <Button type="text" onClick={() => setByHand(true)}>
              {t('file.byHand')}
            </Button>
          )}
        </div>
      )}
      {!editing && showSample && <SampleRows file={file} />}
    </Panel>
  );
}

const STATUS_TONES = {
  sale: 'good',
  pending: 'quiet',
  cancelled: 'quiet',
  refunded: 'warn',
  unknown: 'bad',
} as const;

/** Which statuses of orders count: what is made of each that was met in the first rows. */
function Statuses({ file }: { file: ImportFile }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const statuses = file.statuses ?? [];
  if (statuses.length === 0) return null;
  const rows = statuses.reduce((sum, one) => sum + one.rows, 0);
  const hasUnknown = statuses.some((one) => one.means === 'unknown');
  return (
    <section className="qm-statuses">
      <h3 className="qm-collect-head">{t('file.statuses.title')}</h3>
      <ul>
        {statuses.map((one) => (
          <li key={one.status}>
            <strong>{one.status}</strong>
            <Badge tone={STATUS_TONES[one.means]}>{t(`file.statuses.${one.means}`)}</Badge>
            <span className="qm-note">
              {t('file.statuses.rows', { count: one.rows, rows: format.number(one.rows) })}
            </span>
          </li>
        ))}
      </ul>
      <p className="qm-note">
        {t('file.statuses.looked', { count: rows, rows: format.number(rows) })}
        {hasUnknown && t('file.statuses.unknownText')}
      </p>
    </section>
  );
}

/** Whom the file allows to be written to, by the columns that say so; customers without such a column allow nobody. */
function Consents({ file, isEdited }: { file: ImportFile; isEdited: boolean }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const { consents } = file;
  if (!consents) return null;
  const isUnclear = consents.some((one) => one.unclear > 0);
  const saysEmail = file.role !== 'customers' || consents.some((one) => one.channel === 'email');
  const counted = (key: 'yes' | 'no' | 'unclear', count: number) =>
    count > 0 && t(`consent.${key}`, { number: format.number(count) });
  return (
    <section className="qm-statuses" aria-live="polite">
      <h3 className="qm-collect-head">{t('consent.title')}</h3>
      {consents.length > 0 && (
        <ul>
          {consents.map(({ channel, column, yes, no, unclear }) => (
            <li key={channel}>
              <strong>{column}</strong>
              <Badge tone="good">{t(`consent.${channel}.name`)}</Badge>
              <span className="qm-note">
                {[counted('yes', yes), counted('no', no), counted('unclear', unclear)]
                  .filter(Boolean)
                  .join(' · ') || t('consent.empty')}
              </span>
            </li>
          ))}
        </ul>
      )}
      {consents.length > 0 && (
        <p className="qm-note">
          {t('consent.looked')}
          {isUnclear && t('consent.unclearText')}
        </p>
      )}
      {!saysEmail && (
        <Alert
          type="warning"
          showIcon
          title={t('consent.none')}
          description={t(isEdited ? 'consent.noneChoose' : 'consent.noneName')}
        />
      )}
    </section>
  );
}

/** What a file is used as, in a word. */
export function Role({ role }: { role: string }) {
  const { t } = useTranslation('collect');
  const kind = RECORD_KINDS.find((one) => one === role);
  if (kind) return t(`kind.${kind}`);
  const known = PRESET_ROLES.find((one) => one === role);
  return known ? t(`role.${known === 'order lines' ? 'orderLines' : known}`) : role;
}

/** Why nothing in a file is used: our own sentence where the server's is about what we know too. */
function UnusedWhy({ file, hasPreset }: { file: ImportFile; hasPreset: boolean }) {
  const { t } = useTranslation('collect');
  const why = file.unusedWhy ?? '';
  const isReadable = file.headers.length > 0;
  const ignored = hasPreset && isReadable ? (ignoredKey(file.headers) ?? 'other') : null;
  const unreadable = isReadable ? null : unreadableKey(why);
  const text = ignored
    ? t(`file.ignored.${ignored}`)
    : unreadable
      ? t(`file.unreadable.${unreadable}`)
      : isReadable
        ? t('file.notGuessed')
        : why;
  return <p className="qm-note qm-collect-why">{text}</p>;
}

/** Files of the "Complete Journey" that tell nothing about customers or sales. */
function ignoredKey(headers: readonly string[]) {
  const has = (...names: string[]) => names.every((name) => headers.includes(name));
  if (has('campaign_id', 'campaign_type', 'start_date')) return 'campaignDates' as const;
  if (has('coupon_upc', 'product_id', 'campaign_id')) return 'couponProducts' as const;
  if (has('display_location', 'mailer_location')) return 'displays' as const;
  return has('campaign_id', 'household_id') && headers.length === 2 ? ('campaignHouseholds' as const) : null;
}
