import { DownloadOutlined } from '@ant-design/icons';
import { api, type ImportRun } from '@qianmian/contract';
import { Button, Drawer, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo } from '../shell/address.ts';
import { hrefOf } from '../shell/api.ts';
import { useCan, useWorkspaceId } from '../shell/session.tsx';
import { useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Facts,
  Loading,
  Panel,
  Stat,
  Stats,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { type ImportFile, Role } from './import-file.tsx';
import { formatOf } from './import-words.ts';
import { isField } from './mapping.ts';
import { byRows, knownReason } from './reasons.ts';

type ReasonRow = ImportRun['reasons'][number];
type Note = ReturnType<typeof useApiPages<typeof api.listImportNotes>>['rows'][number];

const view = z.object({
  kind: z.enum(['rejected', 'corrected']).optional(),
  code: z.string().default(''),
});

/** What came in, what was turned away or changed and why, and where to go from here. */
export function ImportResult({ run }: { run: ImportRun }) {
  const hasNotes = run.reasons.length > 0;
  return (
    <>
      {run.totals.rows > 0 && run.state !== 'undone' && <Totals run={run} />}
      {run.state === 'done' && <WhatNext />}
      {hasNotes && <Reasons run={run} />}
      {hasNotes && <NoteRows run={run} />}
      <FilesRead run={run} />
    </>
  );
}

function Totals({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const { totals } = run;
  const { added } = totals;
  const money = formatOf(run, format);
  const share = (rows: number) =>
    totals.rows > 0 ? t('result.ofRows', { share: format.percent(rows / totals.rows) }) : undefined;
  return (
    <Stats>
      <Stat
        label={t('result.orders')}
        value={format.number(totals.orders)}
        hint={hints(
          added && t('result.added', { number: format.number(added.orders) }),
          totals.products > 0 &&
            t('result.products', { count: totals.products, products: format.number(totals.products) }),
        )}
      />
      <Stat
        label={t('result.people')}
        value={format.number(totals.people)}
        hint={added && t('result.added', { number: format.number(added.people) })}
      />
      <Stat
        label={t('result.sales')}
        value={money.moneyShort(totals.salesCents)}
        hint={hints(
          money.money(totals.salesCents),
          totals.returnsCents > 0 && t('result.returns', { amount: money.money(totals.returnsCents) }),
        )}
      />
      <Stat
        label={t('result.rejected')}
        value={format.number(totals.rejected)}
        hint={totals.rejected > 0 && share(totals.rejected)}
      />
      <Stat
        label={t('result.corrected')}
        value={format.number(totals.corrected)}
        hint={totals.corrected > 0 && share(totals.corrected)}
      />
    </Stats>
  );
}

function hints(...said: (string | false | undefined)[]): string {
  return said.filter(Boolean).join(' · ');
}

function WhatNext() {
  const { t } = useTranslation('collect');
  const go = useGo();
  const can = { customers: useCan('customer.read'), segment: useCan('segment.write') };
  return (
    <Panel title={t('next.title')} note={t('next.note')}>
      <div className="qm-collect-row">
        {can.customers && (
          <Button type="primary" onClick={() => go('/customers')}>
            {t('next.customers')}
          </Button>
        )}
        {can.customers && <Button onClick={() => go('/rfm')}>{t('next.rfm')}</Button>}
        {can.segment && <Button onClick={() => go('/segments/new')}>{t('next.segment')}</Button>}
        <Button onClick={() => go('/overview')}>{t('next.overview')}</Button>
      </div>
    </Panel>
  );
}

/** Reasons in plain words with how many rows each had; one leads to its rows. */
function Reasons({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const [, setView] = useAddressState(view);
  return (
    <div className="qm-grid qm-reasons">
      {(['rejected', 'corrected'] as const).map((kind) => {
        const reasons = byRows(run.reasons.filter((reason) => reason.kind === kind));
        if (reasons.length === 0) return null;
        return (
          <Panel key={kind} title={t(`result.${kind}Why`)} note={t(`result.${kind}Note`)}>
            <ul className="qm-reason-list">
              {reasons.map((reason) => (
                <ReasonItem
                  key={reason.code}
                  reason={reason}
                  most={reasons[0]?.rows ?? 1}
                  onOpen={() => setView({ kind, code: reason.code })}
                />
              ))}
            </ul>
          </Panel>
        );
      })}
    </div>
  );
}

function ReasonItem({ reason, most, onOpen }: { reason: ReasonRow; most: number; onOpen: () => void }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const known = knownReason(reason.code);
  return (
    <li>
      <button type="button" className="qm-bar qm-bar-link" onClick={onOpen} title={t('result.showRows')}>
        <span className="qm-reason-words">
          <b>{known ? t(`reason.${known}.name`) : reason.code}</b>
          {known && <small className="qm-note">{t(`reason.${known}.text`)}</small>}
        </span>
        <span className="qm-bar-value">{format.number(reason.rows)}</span>
        <span className="qm-bar-track" aria-hidden="true">
          <span className="qm-bar-fill" style={{ width: `${(reason.rows / most) * 100}%` }} />
        </span>
      </button>
    </li>
  );
}

function NoteRows({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const workspace = useWorkspaceId();
  const [{ kind, code }, setView] = useAddressState(view);
  const [shown, setShown] = useState<Note | null>(null);
  const list = useApiPages(
    api.listImportNotes,
    { params: { id: run.id }, query: { kind, code: code || undefined, limit: 200 } },
    { keep: true },
  );
  const columns = useNoteColumns();
  const known = code ? knownReason(code) : null;
  return (
    <Panel
      title={t('rows.title')}
      note={
        code
          ? t('rows.filtered', { reason: known ? t(`reason.${known}.name`) : code })
          : t('rows.note', {
              rejected: format.number(run.totals.rejected),
              corrected: format.number(run.totals.corrected),
            })
      }
      extra={
        <Button
          icon={<DownloadOutlined />}
          href={hrefOf(api.downloadImportNotes, { params: { workspace, id: run.id }, query: { kind } })}
          download
        >
          {t('rows.download')}
        </Button>
      }
      flush
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            bare
            id="import-notes"
            label={t('rows.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => `${row.file}:${row.row}:${row.code}:${row.field}:${row.kind}`}
            onRowClick={setShown}
            total={list.total}
            more={list.more}
            loading={list.loading}
            toolbar={
              <>
                <Segmented
                  aria-label={t('rows.kind')}
                  value={kind ?? 'all'}
                  onChange={(next) =>
                    setView({ kind: next === 'all' ? undefined : (next as Note['kind']), code: '' })
                  }
                  options={[
                    { value: 'all', label: t('rows.all') },
                    { value: 'rejected', label: t('rows.rejected') },
                    { value: 'corrected', label: t('rows.corrected') },
                  ]}
                />
                {code && <Button onClick={() => setView({ code: '' })}>{t('rows.clear')}</Button>}
              </>
            }
            empty={<EmptyState small title={t('rows.empty')} />}
          />
        )}
      </Answer>
      <Drawer open={shown !== null} onClose={() => setShown(null)} size={560} title={t('rows.one')}>
        {shown && (
          <div className="qm-collect-stack">
            <Facts
              of={[
                { label: t('rows.file'), value: shown.file },
                { label: t('rows.row'), value: format.number(shown.row) },
                { label: t('rows.what'), value: t(`rows.${shown.kind}`) },
                { label: t('rows.reason'), value: <ReasonName code={shown.code} /> },
              ]}
            />
            <p>{shown.message}</p>
            <pre className="qm-code">{shown.raw}</pre>
          </div>
        )}
      </Drawer>
    </Panel>
  );
}

function ReasonName({ code }: { code: string }) {
  const { t } = useTranslation('collect');
  const known = knownReason(code);
  return known ? t(`reason.${known}.name`) : code;
}

function useNoteColumns(): Column<Note>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'row',
        title: t('rows.row'),
        value: (row) => row.row,
        cell: (row) => format.number(row.row),
        always: true,
        width: 100,
      },
      {
        key: 'reason',
        title: t('rows.reason'),
        value: (row) => {
          const known = knownReason(row.code);
          return known ? t(`reason.${known}.name`) : row.code;
        },
        width: 220,
      },
      {
        key: 'raw',
        title: t('rows.raw'),
        value: (row) => row.raw,
        cell: (row) => <code className="qm-raw">{row.raw}</code>,
        width: 480,
      },
      { key: 'kind', title: t('rows.what'), value: (row) => t(`rows.${row.kind}`), width: 150 },
      {
        key: 'field',
        title: t('rows.field'),
        value: (row) => (isField(row.field) ? t(`field.${row.field}.name`) : row.field || '–'),
        width: 130,
      },
      { key: 'file', title: t('rows.file'), value: (row) => row.file, width: 220 },
    ],
    [t, format],
  );
}

function FilesRead({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const columns = useMemo<Column<ImportFile>[]>(
    () => [
      { key: 'name', title: t('filesRead.name'), value: (file) => file.name, always: true, width: 280 },
      {
        key: 'role',
        title: t('filesRead.role'),
        value: (file) => file.role,
        cell: (file) => (file.role === null ? t('file.unused') : <Role role={file.role} />),
        width: 160,
      },
      {
        key: 'rows',
        title: t('filesRead.rows'),
        value: (file) => file.rowsRead,
        cell: (file) => format.number(file.rowsRead),
        align: 'right',
        width: 120,
      },
      {
        key: 'bytes',
        title: t('filesRead.bytes'),
        value: (file) => file.bytes,
        cell: (file) => format.bytes(file.bytes),
        align: 'right',
        width: 120,
      },
    ],
    [t, format],
  );
  return (
    <Panel title={t('filesRead.title')} flush>
      <DataTable
        bare
        id="import-files"
        label={t('filesRead.title')}
        columns={columns}
        rows={run.files}
        rowKey={(file) => file.name}
      />
    </Panel>
  );
}
