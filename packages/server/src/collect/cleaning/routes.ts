import {
  type CleanStep,
  cleaningEndpoints as e,
  type Finding,
  findingVerdict,
  isActing,
} from '@qianmian/contract';
import type { Audit } from '../../governance/index.ts';
import { isoOf } from '../../platform/clock.ts';
import { offsetCursor, pageFrom } from '../../platform/cursor.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Mount } from '../../platform/http.ts';
import type { Masks } from '../masked.ts';
import type { Cleaning } from './cleaning.ts';

const REVEAL = 'customer.reveal';
/** Decisions as the record names them. */
const VERDICTS = findingVerdict.options.map(({ shape }) => `cleaning.${shape.action.value}`);

/** HTTP edge of cleaning. */
export function cleaningRoutes(
  mount: Mount,
  { cleaning, masks, audit }: { cleaning: Cleaning; masks: Masks; audit: Audit },
): void {
  /** The word of a field's path that makes it personal: what lies within an address is of the address. */
  const personalWord = (field: string) => field.split('.').find((word) => masks.value(word, 'x') !== 'x');
  /** A value under the name of its field, as it is shown to who may not reveal personal data. */
  const hide = (may: (permission: typeof REVEAL) => boolean) =>
    may(REVEAL)
      ? (_: string, value: string) => value
      : (field: string, value: string) => String(masks.value(personalWord(field) ?? lastOf(field), value));
  const personalField = (steps: readonly CleanStep[]) =>
    steps.flatMap((one) =>
      isActing(one) && ['trait', 'event'].includes(one.on.subject) && personalWord(one.on.field)
        ? [one.on.field]
        : [],
    )[0];
  /** Steps as they are shown: words of a dictionary of personal values are such values. */
  const shown = (steps: readonly CleanStep[], isRevealed: boolean) =>
    steps.map((one) =>
      !isRevealed && one.kind === 'category' && personalField([one]) ? { ...one, words: [] } : one,
    );
  const change = <T extends { field: string; before: string; after: string }>(
    one: T,
    show: ReturnType<typeof hide>,
  ): T => ({
    ...one,
    ...{ before: show(one.field, one.before), after: show(one.field, one.after) },
  });
  const finding = (one: Finding, show: ReturnType<typeof hide>): Finding => ({
    ...one,
    value: one.subject === 'trait' ? show(one.field, one.value) : one.value,
    corrected:
      one.corrected !== null && one.subject === 'trait' ? show(one.field, one.corrected) : one.corrected,
  });

  mount(e.getCleaning, async ({ workspace, may }) => {
    const state = await cleaning.state(workspace);
    return { ...state, steps: shown(state.steps, may(REVEAL)) };
  });
  mount(e.listCleaningVersions, async ({ workspace, may }) =>
    (await cleaning.versions(workspace)).map((one) => ({ ...one, steps: shown(one.steps, may(REVEAL)) })),
  );
  mount(e.listCleaningRuns, ({ workspace }) => cleaning.runs(workspace));
  mount(e.saveCleaning, async ({ workspace, body, who }) => {
    const saved = await cleaning.save(workspace, who.name, body);
    await audit.note(workspace, who, 'cleaning.save', String(saved.version), {
      ...{ steps: saved.steps.map((step) => step.kind), appliedToPast: body.applyToPast },
    });
    return saved;
  });
  mount(e.applyCleaning, async ({ workspace, who }) => {
    const jobId = await cleaning.apply(workspace, who.name);
    await audit.note(workspace, who, 'cleaning.apply', jobId);
    return { jobId };
  });
  mount(e.previewCleaning, async ({ workspace, body, may }) => {
    const personal = personalField(body.steps);
    if (personal !== undefined && !may(REVEAL)) throw personalStep(personal);
    const preview = await cleaning.preview(workspace, body.steps, body.step);
    const show = hide(may);
    return {
      ...preview,
      examples: preview.examples.map((one) => change(one, show)),
      findings: preview.findings.map((one) => finding(one, show)),
    };
  });
  mount(e.suggestCleaning, async ({ workspace, may }) => {
    const all = await cleaning.suggestions(workspace);
    if (may(REVEAL)) return all;
    // Words of a dictionary are values that several people share; those of a trait may still be someone's own.
    return all.map((one) =>
      'on' in one.step && one.step.on.subject !== 'product' && one.step.on.subject !== 'line'
        ? { ...one, examples: [], step: one.step.kind === 'category' ? { ...one.step, words: [] } : one.step }
        : one,
    );
  });
  mount(e.listCleaningChanges, async ({ workspace, query, may }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const rows = await cleaning.changes(workspace, {
      ...{
        step: query.step ?? '',
        subject: query.subject ?? '',
        key: query.key ?? '',
        imputed: query.imputed ?? '',
      },
      ...{ limit: page.limit + 1, offset: page.offset },
    });
    const show = hide(may);
    const shown = rows.map(({ is_imputed, before, after, at, ...row }) => ({
      ...change({ ...row, before: plain(before), after: plain(after) }, show),
      ...{ isImputed: is_imputed === 1, at: isoOf(Date.parse(at)) },
    }));
    return pageFrom(shown, page);
  });
  mount(e.lookForFindings, async ({ workspace }) => ({ jobId: await cleaning.look(workspace) }));
  mount(e.listFindings, async ({ workspace, query, may }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const rows = await cleaning.findings(workspace, query, page);
    return pageFrom(
      rows.map((one) => finding(one, hide(may))),
      page,
    );
  });
  mount(e.listFindingGroups, ({ workspace, query }) => cleaning.findingGroups(workspace, query.state));
  mount(e.decideFindings, async ({ workspace, body, who }) => {
    const made = await cleaning.decide(workspace, body.selection, body.verdict, who.name);
    await audit.note(workspace, who, `cleaning.${body.verdict.action}`, made.decision, {
      findings: made.findings,
    });
    return made;
  });
  mount(e.undoFindingDecision, async ({ workspace, params, who }) => {
    const undone = await cleaning.undoDecision(workspace, params.id);
    // A decision taken back already stands in the record alone: to take it back again does nothing.
    if (undone.findings === 0 && !(await audit.isNoted(workspace, params.id, VERDICTS)))
      throw notFound('decision', params.id);
    await audit.note(workspace, who, 'cleaning.undo', params.id, undone);
    return undone;
  });
}

const personalStep = (field: string) =>
  new AppError({
    code: 'cleaning.personal_data',
    status: 403,
    detail: `A step acts on "${field}", which your role sees masked: what it would change cannot be shown. The permission "customer.reveal" allows it.`,
  });

/** The name a value goes under: the last word of its path. */
const lastOf = (field: string) => field.split('.').findLast((part) => !/^\d+$/.test(part)) ?? field;

function plain(json: string): string {
  const value = JSON.parse(json) as string | number | boolean | null;
  return value === null ? '' : String(value);
}
