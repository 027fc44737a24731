import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import { api, type Campaign } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import { Badge, NewerChoice, Page } from '../ui/index.ts';
import { useFormat } from '../ui/use-format.ts';
import { deleteCampaign } from './actions.ts';
import { CheckStep } from './check-step.tsx';
import { differencesOf, STEPS, type Step, stepStates } from './draft.ts';
import { EmailStep } from './email-step.tsx';
import { LaunchStep } from './launch-step.tsx';
import { AudienceStep, ControlStep, GoalStep, OfferStep } from './plan-steps.tsx';
import { type DraftState, useDraft } from './use-draft.ts';
import { useLetterPreview } from './use-letter-preview.ts';

const PAGE_ACTIONS = [deleteCampaign];

/** The plan of a campaign on one page: who, what, how it is measured, what it costs; it keeps itself. */
export function Planner({ campaign, isFresh }: { campaign: Campaign; isFresh: boolean }) {
  const { t } = useTranslation('campaign');
  const to = useTo();
  const canWrite = useCan('campaign.write');
  const state = useDraft(campaign, isFresh);
  const { draft, own } = state;
  const letter = useLetterPreview(draft.email, draft.couponId);
  const audience = useApi(
    api.previewAudience,
    { params: { id: campaign.id } },
    { enabled: state.atServer.segmentId !== null, keep: true, staleMs: 0 },
  );
  const faults = useMemo(
    () => ({ ...state.fields, ...letter.faults, ...own }),
    [own, letter.faults, state.fields],
  );
  const counted = draft.segmentId === null ? undefined : audience.data;
  const states = stepStates(draft, faults, counted);
  usePageActions(PAGE_ACTIONS, campaign);
  const parts = { campaign, state, faults, canWrite, audience: counted };
  return (
    <Page
      title={draft.name || t('pages.campaign')}
      headline={<PlanHeadline segmentId={draft.segmentId} audience={counted} error={audience.error} />}
      note={<SavingNote saving={state.saving} canWrite={canWrite} />}
      breadcrumbs={[{ label: t('plan.back'), href: to('/campaigns') }]}
      actions={<ActionButton action={deleteCampaign} subject={campaign} type="text" />}
    >
      <Newer state={state} />
      <p className="qm-note qm-plan-wide">{t('plan.wide')}</p>
      <div className="qm-plan">
        <StepList states={states} />
        <div className="qm-plan-steps">
          <GoalStep {...parts} />
          <AudienceStep {...parts} />
          <OfferStep {...parts} />
          <EmailStep {...parts} letter={letter} />
          <ControlStep {...parts} />
          <CheckStep {...parts} query={audience} />
          <LaunchStep {...parts} query={audience} />
        </div>
      </div>
    </Page>
  );
}

/** The draft of someone else that stands against what is written here. */
function Newer({ state: { draft, newer, choose } }: { state: DraftState }) {
  const { t } = useTranslation('campaign');
  if (!newer) return null;
  return (
    <NewerChoice
      newer={newer}
      differences={differencesOf(draft, newer.draft).map((field) => t(`plan.differs.${field}`))}
      onTheirs={() => choose('theirs')}
      onMine={() => choose('mine')}
    />
  );
}

function PlanHeadline({
  segmentId,
  audience,
  error,
}: {
  segmentId: string | null;
  audience: { reach: number; treated: number; control: number } | undefined;
  error: unknown;
}) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  if (segmentId === null) return t('plan.headlineNoSegment');
  if (!audience) return error ? null : t('plan.counting');
  if (audience.reach === 0) return t('plan.headlineNobody');
  return t('plan.headline', {
    count: audience.reach,
    reach: format.number(audience.reach),
    treated: format.number(audience.treated),
    control: format.number(audience.control),
  });
}

const SAVING_TONES = {
  saved: 'good',
  waiting: 'quiet',
  saving: 'busy',
  refused: 'bad',
  newer: 'bad',
} as const;

function SavingNote({ saving, canWrite }: { saving: keyof typeof SAVING_TONES; canWrite: boolean }) {
  const { t } = useTranslation('campaign');
  if (!canWrite) return t('plan.readOnly');
  return (
    <span role="status">
      <Badge tone={SAVING_TONES[saving]}>{t(`plan.saving.${saving}`)}</Badge>
    </span>
  );
}

/** The steps with how far each is; a click leads there. */
function StepList({ states }: { states: ReturnType<typeof stepStates> }) {
  const { t } = useTranslation('campaign');
  return (
    <nav className="qm-plan-list" aria-label={t('plan.steps')}>
      <ol>
        {STEPS.map((step, at) => (
          <li key={step}>
            <a
              href={`#${stepId(step)}`}
              onClick={(event) => {
                event.preventDefault();
                const target = document.getElementById(stepId(step));
                target?.scrollIntoView({ block: 'start' });
                target?.focus({ preventScroll: true });
              }}
            >
              <span className={`qm-plan-mark qm-plan-${states[step]}`} aria-hidden="true">
                {states[step] === 'done' ? (
                  <CheckCircleFilled />
                ) : states[step] === 'wrong' ? (
                  <ExclamationCircleFilled />
                ) : (
                  at + 1
                )}
              </span>
              {t(`step.${step}`)}
              <span className="qm-sr">, {t(`stepState.${states[step]}`)}</span>
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

export function stepId(step: Step): string {
  return `step-${step}`;
}
