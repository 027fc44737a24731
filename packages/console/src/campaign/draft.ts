import { type Campaign, type CampaignDraft, campaignDraft } from '@qianmian/contract';
import type { Version } from '../ui/index.ts';

/** The part of a campaign that is planned. */
export function draftOf(campaign: Campaign): CampaignDraft {
  const { name, goal, segmentId, couponId, controlShare, measureDays, email } = campaign;
  return { name, goal, segmentId, couponId, controlShare, measureDays, email };
}

/** A campaign as the draft of it that the server has. */
export function versionOf(campaign: Campaign): Version<CampaignDraft> {
  const { revision, updatedBy, updatedAt } = campaign;
  return { revision, draft: draftOf(campaign), by: updatedBy, at: updatedAt };
}

// As it would be kept: spaces at the ends are no difference.
const settled = (draft: CampaignDraft): CampaignDraft => campaignDraft.safeParse(draft).data ?? draft;

/** Whether two drafts are kept as the same one. */
export function isSameDraft(a: CampaignDraft, b: CampaignDraft): boolean {
  return a === b || JSON.stringify(settled(a)) === JSON.stringify(settled(b));
}

/** Where in the plan two drafts differ, as the names of fields. */
export function differencesOf(a: CampaignDraft, b: CampaignDraft) {
  const [one, other] = [settled(a), settled(b)];
  const plan = (['name', 'goal', 'segmentId', 'couponId', 'controlShare', 'measureDays'] as const).filter(
    (field) => one[field] !== other[field],
  );
  const email = (['fromName', 'subject', 'body'] as const).filter(
    (field) => one.email[field] !== other.email[field],
  );
  return [...plan, ...email];
}

export const STEPS = ['goal', 'audience', 'offer', 'email', 'control', 'check', 'launch'] as const;
export type Step = (typeof STEPS)[number];

/** What keeps a draft from being kept or launched, found here before the server is asked: field to kind of fault. */
export function draftFaults(draft: CampaignDraft): Record<string, 'missing' | 'tooLong'> {
  const read = campaignDraft.safeParse(draft);
  const faults: Record<string, 'missing' | 'tooLong'> = {};
  for (const issue of read.error?.issues ?? [])
    faults[issue.path.join('.')] = issue.code === 'too_big' ? 'tooLong' : 'missing';
  return faults;
}

/** How far each step is: done, to do, wrong, or not needed. */
export function stepStates(
  draft: CampaignDraft,
  faults: Record<string, unknown>,
  audience: { reach: number; warnings: readonly string[] } | undefined,
): Record<Step, 'done' | 'todo' | 'wrong' | 'skipped'> {
  const hasFault = (start: string) => Object.keys(faults).some((field) => field.startsWith(start));
  const ready = draft.segmentId !== null && audience !== undefined && audience.reach > 0;
  const blocked = audience?.warnings.includes('noMailServer') ?? false;
  return {
    goal: hasFault('name') ? 'wrong' : 'done',
    audience: draft.segmentId === null ? 'todo' : 'done',
    offer: draft.couponId === null ? 'skipped' : 'done',
    email: hasFault('email') ? 'wrong' : 'done',
    control: draft.controlShare === 0 ? 'skipped' : 'done',
    check: ready ? (blocked ? 'wrong' : 'done') : 'todo',
    launch: 'todo',
  };
}

/** Whether it can be launched as it stands. */
export function isReady(
  draft: CampaignDraft,
  faults: Record<string, unknown>,
  audience: { reach: number; warnings: readonly string[] } | undefined,
): boolean {
  return (
    Object.keys(faults).length === 0 &&
    draft.segmentId !== null &&
    audience !== undefined &&
    audience.reach > 0 &&
    !audience.warnings.includes('noMailServer')
  );
}

/** Whether who is written to, or what the test can find, differs between two drafts. */
export function changesAudience(a: CampaignDraft, b: CampaignDraft): boolean {
  return (
    a.segmentId !== b.segmentId ||
    a.couponId !== b.couponId ||
    a.controlShare !== b.controlShare ||
    a.measureDays !== b.measureDays
  );
}

/** Puts a text into another in place of a selection; answers the text and where the caret then stands. */
export function insertAt(
  text: string,
  insert: string,
  from: number,
  to: number,
): { text: string; caret: number } {
  return { text: text.slice(0, from) + insert + text.slice(to), caret: from + insert.length };
}

/** A field as a template names it, with what stands there for who has no value. */
export function fieldTag(field: string, fallback: string): string {
  return fallback ? `{{ ${field} | default: "${fallback.replaceAll('"', '')}" }}` : `{{ ${field} }}`;
}

const BUTTON = /^\[\[.+\]\]\(.+\)$/;

/** A letter with a paragraph put where it is read: before its first button, else before the signature at its end. */
export function withLine(body: string, line: string): string {
  const parts = body
    .trim()
    .split(/\n{2,}/)
    .filter(Boolean);
  const button = parts.findIndex((part) => BUTTON.test(part.trim()));
  const at = button >= 0 ? button : parts.length > 2 ? parts.length - 1 : parts.length;
  return `${parts.toSpliced(at, 0, line).join('\n\n')}\n`;
}
