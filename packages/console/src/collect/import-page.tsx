import { api, type ImportRun } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import { Answer, Badge, Loading, Page, useFormat } from '../ui/index.ts';
import { cancelImport, discardImport, newImport, resumeImport, undoImport } from './actions.ts';
import './collect.css';
import { ImportDraft } from './import-draft.tsx';
import { ImportProgress } from './import-progress.tsx';
import { ImportResult } from './import-result.tsx';
import { filesWords, IMPORT_TONES, importSentence, isMoving } from './import-words.ts';

const PAGE_ACTIONS = [cancelImport, resumeImport, undoImport, discardImport];

/** One import on its way: looked over, read, and what came of it. */
export default function ImportPage() {
  const { t } = useTranslation('collect');
  const { importId = '' } = useParams({ strict: false }) as { importId?: string };
  const format = useFormat();
  const to = useTo();
  const query = useApi(api.getImport, { params: { id: importId } }, { everyMs: 30_000 });
  const moving = query.data && isMoving(query.data.state);
  // A second reader that only asks while something moves; both share one answer.
  useApi(api.getImport, { params: { id: importId } }, { enabled: Boolean(moving), everyMs: 1000 });
  const { data } = query;
  return (
    <Page
      title={data ? filesWords(data, t) : t('pages.import')}
      headline={data && importSentence(data, t, format)}
      note={data && <RunNote run={data} />}
      breadcrumbs={[{ label: t('pages.imports'), href: to('/imports') }]}
      actions={data && <RunActions run={data} />}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(run) => <Body run={run} />}
      </Answer>
    </Page>
  );
}

function Body({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  if (run.state === 'draft') return <ImportDraft run={run} />;
  return (
    <>
      {run.error && <Alert type="error" showIcon title={t('run.error')} description={run.error} />}
      {isMoving(run.state) ? <ImportProgress run={run} /> : <ImportResult run={run} />}
    </>
  );
}

function RunNote({ run }: { run: ImportRun }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  return (
    <>
      <Badge tone={IMPORT_TONES[run.state]}>{t(`state.${run.state}`)}</Badge>
      {` · ${t('run.note', { by: run.createdBy, at: format.dateTime(run.createdAt) })}`}
    </>
  );
}

function RunActions({ run }: { run: ImportRun }) {
  usePageActions(PAGE_ACTIONS, run);
  return (
    <>
      <ActionButton action={cancelImport} subject={run} />
      <ActionButton action={resumeImport} subject={run} type="primary" />
      <ActionButton action={undoImport} subject={run} />
      <ActionButton action={discardImport} subject={run} type="text" />
      {run.state === 'done' && <ActionButton action={newImport} subject={undefined} />}
    </>
  );
}
