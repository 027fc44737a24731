import { type AnswerOf, api } from '@qianmian/contract';
import { Button } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi, useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Panel,
  useFormat,
} from '../ui/index.ts';

type Change = AnswerOf<typeof api.listCleaningChanges>['rows'][number];

/** Versions of the steps, each a way back, and the values that are other than told. */
export function CleaningHistory({ state }: { state: AnswerOf<typeof api.getCleaning> }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const mayChange = useCan('data.write');
  const versions = useApi(api.listCleaningVersions, {});
  const list = useApiPages(api.listCleaningChanges, { query: { limit: 100 } }, { keep: true });
  const save = useAction(api.saveCleaning, {
    refreshes: [api.getCleaning, api.listCleaningVersions, api.listCleaningChanges],
    done: t('cleaning.applied'),
  });
  const words = useMethodWords();
  const columns = useMemo<Column<Change>[]>(
    () => [
      {
        key: 'key',
        title: t('cleaning.what'),
        value: (row) => row.key.split('\n')[0] ?? '',
        always: true,
        width: 160,
      },
      { key: 'field', title: t('cleaning.field'), value: (row) => row.field, width: 150 },
      { key: 'before', title: t('cleaning.before'), value: (row) => row.before, width: 200 },
      { key: 'after', title: t('cleaning.after'), value: (row) => row.after, width: 200 },
      {
        key: 'method',
        title: t('cleaning.method'),
        value: (row) => words(row.method),
        cell: (row) => (row.isImputed ? <Badge tone="warn">{words(row.method)}</Badge> : words(row.method)),
        width: 220,
      },
      {
        key: 'at',
        title: t('cleaning.at'),
        value: (row) => row.at,
        cell: (row) => <DateText at={row.at} as="dateTime" />,
        width: 190,
      },
    ],
    [t, words],
  );
  return (
    <>
      <Panel title={t('cleaning.versions')}>
        <Answer of={versions} loading={<Loading kind="table" />}>
          {(all) =>
            all.length === 0 ? (
              <EmptyState small title={t('cleaning.empty')} />
            ) : (
              <ul className="qm-clean-suggestions">
                {all.map((one) => (
                  <li key={one.version}>
                    <div>
                      <strong>{t('cleaning.version', { version: one.version })}</strong>
                      <span className="qm-note">
                        {t('cleaning.savedBy', { by: one.savedBy, at: format.dateTime(one.savedAt) })} ·{' '}
                        {one.steps.map((step) => t(`cleaning.kind.${step.kind}`)).join(' → ')}
                      </span>
                    </div>
                    {mayChange && one.version !== state.version && (
                      <Button
                        loading={save.running}
                        onClick={() =>
                          save.run({ body: { steps: one.steps, basedOn: state.version, applyToPast: true } })
                        }
                      >
                        {t('cleaning.goBack')}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </Panel>
      <Panel title={t('cleaning.values')} flush>
        <DataTable
          bare
          id="cleaning-changes"
          label={t('cleaning.values')}
          columns={columns}
          rows={list.rows}
          rowKey={(row) => `${row.subject} ${row.key} ${row.field} ${row.step}`}
          more={list.more}
          loading={list.loading}
          empty={<EmptyState small title={t('cleaning.noValues')} />}
        />
      </Panel>
    </>
  );
}

const DECISIONS = ['corrected', 'merged', 'dropped'] as const;

/** What was done to a value, in words: `imputed:median:product`, `unit:kg`, `corrected`. */
function useMethodWords() {
  const { t } = useTranslation('collect');
  return useCallback(
    (method: string) => {
      const [kind = '', of = '', by = ''] = method.split(':');
      const decision = DECISIONS.find((one) => one === kind);
      if (decision) return t(`cleaning.states.${decision}`);
      if (kind !== 'imputed') return [t(`cleaning.kind.${kind as 'text'}`), of].filter(Boolean).join(' · ');
      const group = by === '' ? [] : [t(`cleaning.within.${by as 'all'}`)];
      return [t('cleaning.isImputed'), t(`cleaning.methods.${of as 'mode'}`), ...group].join(' · ');
    },
    [t],
  );
}
