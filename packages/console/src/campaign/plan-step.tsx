import type { AudiencePreview, Campaign } from '@qianmian/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/index.ts';
import { STEPS, type Step } from './draft.ts';
import type { DraftState } from './use-draft.ts';

/** What each step of the plan works with. */
export interface StepProps {
  campaign: Campaign;
  state: DraftState;
  /** By field: our own kinds of fault, or the server's sentence. */
  faults: Record<string, string>;
  canWrite: boolean;
  audience: AudiencePreview | undefined;
}

/** One step as a panel with its number. */
export function PlanStep({
  step,
  note,
  extra,
  children,
}: {
  step: Step;
  note?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation('campaign');
  return (
    <div id={`step-${step}`} tabIndex={-1} className="qm-plan-step">
      <Panel title={`${STEPS.indexOf(step) + 1}. ${t(`step.${step}`)}`} note={note} extra={extra}>
        {children}
      </Panel>
    </div>
  );
}

/** A labelled control with what is wrong with it, or a hint. */
export function PlanField({
  id,
  label,
  hint,
  fault,
  children,
}: {
  id: string;
  label: ReactNode;
  hint?: ReactNode;
  fault?: string;
  children: ReactNode;
}) {
  const { t } = useTranslation('campaign');
  const words = fault === 'missing' || fault === 'tooLong' ? t(`plan.${fault}`) : fault;
  return (
    <div className="qm-plan-field">
      <label htmlFor={id}>{label}</label>
      {children}
      {words ? (
        <p className="qm-bad-text" role="alert" id={`${id}-fault`}>
          {words}
        </p>
      ) : (
        hint && <p className="qm-note">{hint}</p>
      )}
    </div>
  );
}
