import { api, type Condition, type ConditionLeaf, type Segment } from '@qianmian/contract';
import { useBlocker, useParams } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo, useTo } from '../shell/address.ts';
import { ApiProblem } from '../shell/api.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import {
  Answer,
  Loading,
  NewerChoice,
  Page,
  Panel,
  RedoIcon,
  UndoIcon,
  useAddressState,
  useConfirm,
  useFormat,
  useToast,
} from '../ui/index.ts';
import { type Building, BuildingContext } from './builder-context.ts';
import { type Draft, differencesOf, firstDraft, versionOf } from './builder-draft.ts';
import { faultsByPlace, faultsOf, faultWords, isFinished, placeKey, unfinished } from './faults.ts';
import { GroupEditor } from './group-editor.tsx';
import { begin, record, redo, undo } from './history.ts';
import { useKeeping, useKeptDraft } from './kept-draft.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { TemplateCards } from './template-cards.tsx';
import { TEMPLATES, type Template, templateCondition } from './templates.ts';
import { childrenOf, leavesOf, type Path, prune, shown } from './tree.ts';
import { useBase } from './use-base.ts';
import { useDebounced } from './use-debounced.ts';
import { useWriting } from './use-writing.ts';
import './segment.css';

const view = z.object({
  condition: z.string().optional(),
  template: z.enum(TEMPLATES).optional(),
  name: z.string().max(80).optional(),
});

/** The builder: a rule put together, read back in plain sentences, and counted while it is written. */
export default function BuilderPage() {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const { segmentId } = useParams({ strict: false }) as { segmentId?: string };
  const [address] = useAddressState(view);
  const query = useApi(
    api.getSegment,
    { params: { id: segmentId ?? '-' } },
    { enabled: Boolean(segmentId), staleMs: 0, everyMs: segmentId ? LOOKS_AGAIN_MS : false },
  );
  if (!segmentId) {
    const draft = firstDraft(address, format.minor, (template) => t(`template.${template}`));
    return <Builder key={JSON.stringify(address)} segment={null} first={draft} />;
  }
  // What is remembered from an earlier visit may be long changed: nobody begins to write at it.
  if (!query.data || !query.isFetchedAfterMount)
    return (
      <Page title={t('pages.edit')}>
        <Answer of={query} loading={<Loading kind="page" />}>
          {() => <Loading kind="page" />}
        </Answer>
      </Page>
    );
  return <Builder key={segmentId} segment={query.data} first={versionOf(query.data).draft} />;
}

const LOOKS_AGAIN_MS = 10_000;
const EVERYONE: Condition = { kind: 'all', of: [] };
const PREVIEW_RESTS_MS = 300;

/** The part of a rule that can be counted. */
function countable(root: Condition): Condition {
  return prune(root, isFinished) ?? EVERYONE;
}

function Builder({ segment, first }: { segment: Segment | null; first: Draft }) {
  const { t } = useTranslation('segment');
  const to = useTo();
  const kept = useKeptDraft();
  // What was begun before a reload stands one step after what it began with, so that it can be taken back.
  const [earlier] = useState(kept.read);
  const [history, setHistory] = useState(() => record(begin(first), earlier?.draft ?? first));
  const [begun] = useState(first);
  const draft = history.present;
  const base = useBase(segment, draft, earlier, (shown) => setHistory((now) => record(now, shown)));
  const dirty = base.isDirty ?? draft !== begun;
  const canSave = useCan('segment.write');
  const focus = useFocusAfterEdit(draft.condition);

  const rested = useDebounced(draft.condition, PREVIEW_RESTS_MS);
  const counted = useMemo(() => countable(rested), [rested]);
  const preview = useApi(
    api.previewSegment,
    { body: { condition: counted } },
    { keep: true, staleMs: 30_000 },
  );
  const conditions = useMemo(() => [rested], [rested]);
  const writing = useWriting(conditions);
  const vocabulary = useApi(api.getVocabulary, {}, { staleMs: 60_000 });

  const { save, saving, strict, serverFaults, nameFault } = useSave(draft, segment, base);
  const open = useMemo(() => unfinished(draft.condition), [draft.condition]);
  const faults = useMemo(() => {
    const fromPreview = preview.error instanceof ApiProblem ? preview.error.fields : {};
    const own = faultsOf(draft.condition);
    return faultsByPlace(draft.condition, { ...fromPreview, ...serverFaults, ...own });
  }, [draft.condition, preview.error, serverFaults]);
  useKeeping(kept, draft, base.revision, dirty && canSave);
  useLeaveGuard(dirty && canSave, kept.forget);

  const change = (next: Partial<Draft>, field?: string) =>
    setHistory((now) => record(now, { ...now.present, ...next }, field));
  const building: Building = {
    root: draft.condition,
    edit: (condition, how = {}) => {
      focus(how.focus);
      change({ condition }, how.field);
    },
    faults,
    strict,
    vocabulary: vocabulary.data,
    writing,
    selfId: segment?.id ?? null,
  };
  const applyTemplate = (template: Template) => {
    change({
      name: draft.name || t(`template.${template}`),
      condition: templateCondition(template, writing.format.minor),
    });
    // The cards are gone then: whoever chose by key goes on at the name.
    document.getElementById('segment-name')?.focus();
  };
  const isEmpty = childrenOf(shown(draft.condition).inner).length === 0;
  const byKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    setHistory(event.shiftKey ? redo : undo);
  };

  return (
    <Page
      title={t(segment ? 'pages.edit' : 'pages.new')}
      headline={useHeadline(preview.data, preview.isPlaceholderData, counted)}
      breadcrumbs={[
        { label: t('pages.segments'), href: to('/segments') },
        ...(segment ? [{ label: segment.name, href: to(`/segments/${segment.id}`) }] : []),
      ]}
      actions={
        <>
          <Button
            icon={<UndoIcon />}
            disabled={history.past.length === 0}
            aria-label={t('builder.undo')}
            title={`${t('builder.undo')} (Ctrl+Z)`}
            onClick={() => setHistory(undo)}
          />
          <Button
            icon={<RedoIcon />}
            disabled={history.future.length === 0}
            aria-label={t('builder.redo')}
            title={`${t('builder.redo')} (Ctrl+Shift+Z)`}
            onClick={() => setHistory(redo)}
          />
          {canSave && (
            <Button
              type="primary"
              loading={saving}
              disabled={(!dirty && segment !== null) || base.newer !== null}
              onClick={() => void save()}
            >
              {t('builder.save')}
            </Button>
          )}
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only listens for the keys of undo */}
      <div className="qm-builder" onKeyDown={byKey}>
        <div className="qm-builder-main">
          {base.newer && (
            <NewerChoice
              newer={base.newer}
              differences={differencesOf(draft, base.newer.draft).map((field) =>
                t(`builder.differs.${field}`),
              )}
              onTheirs={() => base.choose('theirs')}
              onMine={() => base.choose('mine')}
            />
          )}
          {canSave && <Names draft={draft} fault={nameFault} change={change} />}
          {isEmpty && !segment && (
            <Panel title={t('builder.templates')}>
              <TemplateCards onChoose={applyTemplate} />
            </Panel>
          )}
          <Panel title={t('builder.rule')} note={t('builder.ruleNote')}>
            <BuildingContext value={building}>
              <GroupEditor path={[]} />
            </BuildingContext>
          </Panel>
        </div>
        <PreviewPanel query={preview} unfinished={open.length} isBehind={rested !== draft.condition} />
      </div>
    </Page>
  );
}

/** How many the rule holds for; while another count is under way, what was said before. */
function useHeadline(
  preview: { size: number; of: number } | undefined,
  isBefore: boolean,
  counted: Condition,
): string | undefined {
  const said = useRef<string | undefined>(undefined);
  const words = useHeadlineWords(preview, counted);
  if (preview && !isBefore) said.current = words;
  return said.current;
}

function useHeadlineWords(preview: { size: number; of: number } | undefined, counted: Condition) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  if (!preview) return undefined;
  const numbers = {
    people: format.number(preview.size),
    all: format.number(preview.of),
    share: preview.of > 0 ? format.percent(preview.size / preview.of) : '–',
  };
  if (counted.kind === 'all' && counted.of.length === 0) return t('builder.headlineAll', numbers);
  return t(preview.size === 0 ? 'builder.headlineNone' : 'builder.headline', numbers);
}

function Names({
  draft,
  fault,
  change,
}: {
  draft: Draft;
  fault: string | undefined;
  change: (next: Partial<Draft>, field: string) => void;
}) {
  const { t } = useTranslation('segment');
  return (
    <Form layout="vertical" className="qm-builder-names" component="div">
      <Form.Item
        required
        label={t('builder.name')}
        htmlFor="segment-name"
        validateStatus={fault ? 'error' : undefined}
        help={fault}
      >
        <Input
          id="segment-name"
          value={draft.name}
          maxLength={80}
          placeholder={t('builder.namePlaceholder')}
          aria-invalid={Boolean(fault)}
          onChange={(event) => change({ name: event.target.value }, 'name')}
        />
      </Form.Item>
      <Form.Item label={t('builder.description')} htmlFor="segment-description">
        <Input
          id="segment-description"
          value={draft.description}
          maxLength={400}
          placeholder={t('builder.descriptionPlaceholder')}
          onChange={(event) => change({ description: event.target.value }, 'description')}
        />
      </Form.Item>
    </Form>
  );
}

/** Saves the draft when it is whole; else says what is missing, where. */
function useSave(draft: Draft, segment: Segment | null, base: ReturnType<typeof useBase>) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const toast = useToast();
  const go = useGo();
  const [tried, setTried] = useState<Draft | null>(null);
  const [strict, setStrict] = useState(() => new WeakSet<ConditionLeaf>());
  const refreshes = [api.listSegments, api.getSegment, api.listCustomers, api.getCustomer];
  const create = useAction(api.createSegment, { refreshes });
  const update = useAction(api.updateSegment, { refreshes, onRefused: base.onRefused });
  const error = segment ? update.error : create.error;
  const serverFaults = error instanceof ApiProblem && tried === draft ? error.fields : undefined;

  const save = async () => {
    setStrict(new WeakSet(leavesOf(draft.condition).map(({ leaf }) => leaf)));
    setTried(draft);
    const missing = unfinished(draft.condition);
    if (!draft.name.trim()) return document.getElementById('segment-name')?.focus();
    if (missing.length > 0) {
      toast.failed(t('builder.check'));
      focusPlace(missing[0]);
      return;
    }
    const body = { ...draft, name: draft.name.trim() };
    const done = segment
      ? await update.run({
          params: { id: segment.id },
          body: { ...body, revision: base.revision ?? undefined },
        })
      : await create.run({ body });
    if (!done) return;
    toast.done(
      t('done.saved', { name: done.name, count: done.size ?? 0, people: format.number(done.size ?? 0) }),
    );
    base.onSaved(done);
    // The guard must have heard of it before the page is left.
    setTimeout(() => go(`/segments/${done.id}`));
  };
  const nameFault = tried && !draft.name.trim() ? t('fault.empty') : nameWords(serverFaults?.name, t);
  return {
    save,
    saving: create.running || update.running,
    strict,
    serverFaults: serverFaults ?? NO_FAULTS,
    nameFault,
  };
}

const NO_FAULTS: Record<string, string> = {};

function nameWords(
  fault: string | undefined,
  t: ReturnType<typeof useTranslation<'segment'>>['t'],
): string | undefined {
  if (!fault) return undefined;
  return /taken/.test(fault) ? t('fault.taken') : faultWords(fault, t);
}

/** Asks before changes are lost, by whichever way the page is left. */
function useLeaveGuard(isDirty: boolean, onLeave: () => void) {
  const { t } = useTranslation('segment');
  const confirm = useConfirm();
  useBlocker({
    disabled: !isDirty,
    enableBeforeUnload: isDirty,
    shouldBlockFn: async ({ current, next }) => {
      if (current.pathname === next.pathname) return false;
      const leave = await confirm({
        title: t('builder.leaveTitle'),
        consequence: t('builder.leaveText'),
        verb: t('builder.leaveVerb'),
      });
      if (leave) onLeave();
      return !leave;
    },
  });
}

function focusPlace(path: Path | undefined): void {
  if (!path) return;
  const part = document.querySelector<HTMLElement>(`[data-place="${placeKey(path)}"]`);
  const field = part?.querySelector<HTMLElement>('[data-fields] :is(input, button)');
  (field ?? part)?.focus();
}

/** After an edit that adds or moves a part, the focus goes to it. */
function useFocusAfterEdit(root: Condition) {
  const wanted = useRef<Path | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after each edited tree is drawn
  useEffect(() => {
    if (!wanted.current) return;
    focusPlace(wanted.current);
    wanted.current = undefined;
  }, [root]);
  return (path: Path | undefined) => {
    wanted.current = path;
  };
}
