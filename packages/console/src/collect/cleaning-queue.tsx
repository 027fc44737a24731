import { CheckCircleOutlined } from '@ant-design/icons';
import { api, FINDING_STATES, type Finding, type FindingVerdict } from '@qianmian/contract';
import { Button, Checkbox, Input, Segmented, Select } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useTo } from '../shell/address.ts';
import { useCan, useWorkspace } from '../shell/session.tsx';
import { useAction, useApi, useApiPages } from '../shell/use-api.ts';
import { minorUnits } from '../ui/format.ts';
import {
  Anchor,
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Loading,
  Page,
  useAddressState,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { CLEANING_READS } from './cleaning-page.tsx';
import { actionsFor, isMoney, useFindingWords, valueText } from './finding-words.ts';
import './cleaning.css';

const view = z.object({
  state: z.enum(FINDING_STATES).default('open'),
  code: z.string().optional(),
});
const KEYS: Record<string, 'usual' | 'accept' | 'drop' | 'merge'> = {
  u: 'usual',
  a: 'accept',
  d: 'drop',
  m: 'merge',
};

/** What finding steps put before people: corrected, accepted, dropped or merged, one by one or all at once. */
export default function CleaningQueuePage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const to = useTo();
  const toast = useToast();
  const mayChange = useCan('data.write');
  const [{ state, code }, setView] = useAddressState(view);
  const [at, setAt] = useState(0);
  const [isAll, setAll] = useState(false);
  const [keys, setKeys] = useState<string[]>([]);
  const words = useFindingWords();
  const groups = useApi(api.listFindingGroups, { query: { state } }, { keep: true, everyMs: 15_000 });
  const list = useApiPages(api.listFindings, { query: { state, code, limit: 100 } }, { keep: true });
  const look = useAction(api.lookForFindings, {
    refreshes: CLEANING_READS,
    onDone: () => toast.note(t('cleaning.looking')),
  });
  const undo = useAction(api.undoFindingDecision, { refreshes: CLEANING_READS, done: t('cleaning.undone') });
  const decision = useAction(api.decideFindings, {
    refreshes: CLEANING_READS,
    onDone: ({ findings }) =>
      toast.done(t('cleaning.decided', { count: findings, number: format.number(findings) })),
  });
  const rows = list.rows;
  const chosen: Finding | undefined = rows[Math.min(at, rows.length - 1)];
  const shown = (groups.data ?? []).filter((one) => code === undefined || one.code === code);
  const total = shown.reduce((sum, one) => sum + one.findings, 0);
  const { run } = decision;
  const decide = useCallback(
    (verdict: FindingVerdict) => {
      if (!mayChange || state !== 'open' || !chosen) return;
      const ids = keys.length > 0 ? keys : [chosen.id];
      void run({
        body: { selection: isAll ? (code === undefined ? { all: true } : { code }) : { ids }, verdict },
      }).then(() => {
        setKeys([]);
        setAll(false);
      });
    },
    [mayChange, state, chosen, keys, isAll, code, run],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target?.closest('input, textarea, [role="dialog"]')
      )
        return;
      const key = event.key.toLowerCase();
      const action = KEYS[key];
      if (key === 'j') setAt((now) => Math.min(now + 1, rows.length - 1));
      else if (key === 'k') setAt((now) => Math.max(0, now - 1));
      else if (action && chosen && actionsFor(chosen).includes(action)) decide({ action });
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [rows.length, chosen, decide]);
  const columns = useMemo<Column<Finding>[]>(
    () => [
      { key: 'why', title: t('cleaning.why'), value: (row) => words(row), always: true, width: 380 },
      {
        key: 'key',
        title: t('cleaning.key'),
        value: (row) => (row.subject === 'trait' ? row.field : row.key),
        cell: (row) => (
          <>
            {row.subject === 'trait' ? row.field : row.key}
            {row.label !== '' && <div className="qm-note">{row.label}</div>}
          </>
        ),
        width: 190,
      },
      {
        key: 'value',
        title: t('cleaning.current'),
        value: (row) => row.value,
        cell: (row) =>
          row.reason.value === null || (row.subject !== 'line' && row.subject !== 'day')
            ? row.value
            : valueText(format, row.field, row.reason.value),
        width: 150,
      },
      {
        key: 'person',
        title: t('cleaning.person'),
        value: (row) => row.personId ?? '',
        cell: (row) =>
          row.personId ? <Anchor href={to(`/customers/${row.personId}`)}>{`#${row.personId}`}</Anchor> : '',
        width: 100,
      },
      {
        key: 'decision',
        title: t('cleaning.state'),
        value: (row) => row.state,
        cell: (row) =>
          row.decision && mayChange ? (
            <Button
              size="small"
              loading={undo.running}
              onClick={() => void undo.run({ params: { id: row.decision ?? '' } })}
            >
              {t('cleaning.undo')}
            </Button>
          ) : (
            t(`cleaning.states.${row.state}`)
          ),
        width: 110,
      },
    ],
    [t, words, format, to, mayChange, undo],
  );
  const codes = [...new Set((groups.data ?? []).map((one) => one.code))];
  return (
    <Page
      title={t('pages.findings')}
      breadcrumbs={[{ label: t('pages.cleaning'), href: to('/cleaning') }]}
      headline={
        state === 'open' && total > 0
          ? t('cleaning.queueHeadline', { count: total, number: format.number(total) })
          : undefined
      }
      note={state === 'open' && total > 0 ? t('cleaning.queueNote') : undefined}
      actions={
        mayChange && (
          <Button loading={look.running} onClick={() => void look.run({})}>
            {t('cleaning.look')}
          </Button>
        )
      }
      filters={
        <>
          <Segmented
            aria-label={t('cleaning.state')}
            value={state}
            onChange={(value) => setView({ state: value, code: undefined })}
            options={FINDING_STATES.map((value) => ({ value, label: t(`cleaning.states.${value}`) }))}
          />
          <Select
            aria-label={t('cleaning.why')}
            className="qm-clean-reasons"
            value={code ?? ''}
            onChange={(value) => setView({ state, code: value || undefined })}
            options={[
              { value: '', label: t('cleaning.all') },
              ...codes.map((value) => ({
                value,
                label: `${words({ field: '', reason: EXAMPLE(value) })} (${format.number(
                  (groups.data ?? [])
                    .filter((one) => one.code === value)
                    .reduce((sum, one) => sum + one.findings, 0),
                )})`,
              })),
            ]}
          />
        </>
      }
    >
      {mayChange && state === 'open' && chosen && (
        <section className="qm-panel qm-clean-bar" aria-live="polite">
          <strong>{keys.length > 0 ? t('cleaning.chosen', { count: keys.length }) : words(chosen)}</strong>
          {total > 1 && (
            <Checkbox checked={isAll} onChange={(e) => setAll(e.target.checked)}>
              {t('cleaning.bulk', { number: format.number(total) })}
            </Checkbox>
          )}
          {actionsFor(chosen).map((action) => (
            <Button key={action} loading={decision.running} onClick={() => decide({ action })}>
              {t(`cleaning.action.${action}`)}
            </Button>
          ))}
          {(chosen.subject === 'trait' || (chosen.subject === 'line' && chosen.field !== '')) && !isAll && (
            <CorrectField
              key={chosen.id}
              finding={chosen}
              onCorrect={(value) => decide({ action: 'correct', value })}
            />
          )}
        </section>
      )}
      <Answer of={list} loading={<Loading kind="table" />}>
        {(found) => (
          <DataTable
            id="cleaning-queue"
            label={t('pages.findings')}
            columns={columns}
            rows={found}
            rowKey={(row) => row.id}
            onRowClick={(row) => setAt(found.indexOf(row))}
            {...(mayChange && state === 'open' ? { selection: { keys, onChange: setKeys } } : {})}
            more={list.more}
            loading={list.loading}
            empty={
              <EmptyState
                icon={<CheckCircleOutlined />}
                title={t('cleaning.queueEmpty')}
                text={t('cleaning.queueEmptyText')}
              />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

const EXAMPLE = (code: string): Finding['reason'] => ({
  ...{ code, value: null, usual: null, times: null, score: null, cases: null, other: '…', currency: '' },
});

function CorrectField({ finding, onCorrect }: { finding: Finding; onCorrect: (value: string) => void }) {
  const { t } = useTranslation('collect');
  const { currency } = useWorkspace();
  const [value, setValue] = useState('');
  const typed = isMoney(finding.field)
    ? String(minorUnits(Number(value), finding.reason.currency || currency))
    : value.trim();
  const isGood = value.trim() !== '' && typed !== 'NaN';
  return (
    <span className="qm-clean-correct">
      <Input
        aria-label={t('cleaning.correctTo')}
        placeholder={t('cleaning.correctTo')}
        value={value}
        onChange={(e) => setValue(e.target.value)}
        onPressEnter={() => isGood && onCorrect(typed)}
      />
      <Button type="primary" disabled={!isGood} onClick={() => onCorrect(typed)}>
        {t('cleaning.action.correct')}
      </Button>
    </span>
  );
}
