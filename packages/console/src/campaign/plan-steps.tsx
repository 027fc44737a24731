import { api } from '@qianmian/contract';
import { Alert, Button, Input, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { couponSentence, couponState } from '../promotion/coupon-words.ts';
import { useTo } from '../shell/address.ts';
import { useNow } from '../shell/server-clock.ts';
import { useApi } from '../shell/use-api.ts';
import { Anchor, EmptyState, useFormat } from '../ui/index.ts';
import { BUYERS_WANTED, COME_BACK_SHARE, CONTROL_SHARES, detectable } from './audience-words.ts';
import { withLine } from './draft.ts';
import { PlanField, PlanStep, type StepProps } from './plan-step.tsx';

export function GoalStep({ state, faults, canWrite }: StepProps) {
  const { t } = useTranslation('campaign');
  const { draft, change } = state;
  return (
    <PlanStep step="goal">
      <div className="qm-plan-pair">
        <PlanField id="plan-name" label={t('plan.name')} hint={t('plan.nameHint')} fault={faults.name}>
          <Input
            id="plan-name"
            value={draft.name}
            maxLength={80}
            readOnly={!canWrite}
            status={faults.name ? 'error' : undefined}
            onChange={(event) => change({ name: event.target.value })}
          />
        </PlanField>
        <PlanField id="plan-goal" label={t('plan.goal')} hint={t('plan.goalHint')} fault={faults.goal}>
          <Input
            id="plan-goal"
            value={draft.goal}
            maxLength={400}
            readOnly={!canWrite}
            onChange={(event) => change({ goal: event.target.value })}
          />
        </PlanField>
      </div>
    </PlanStep>
  );
}

export function AudienceStep({ state, faults, canWrite }: StepProps) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const to = useTo();
  const { draft, change } = state;
  const segments = useApi(api.listSegments, {});
  const size = (people: number | null) =>
    people === null
      ? t('audience.uncounted')
      : t('audience.size', { count: people, people: format.number(people) });
  const chosen = segments.data?.find((one) => one.id === draft.segmentId);
  const build = <Anchor href={to('/segments/new')}>{t('audience.make')}</Anchor>;
  return (
    <PlanStep step="audience" note={t('audience.note')}>
      {segments.data?.length === 0 ? (
        <EmptyState small title={t('audience.none')} text={t('audience.noneText')} action={build} />
      ) : (
        <PlanField
          id="plan-segment"
          label={t('audience.segment')}
          fault={faults.segmentId}
          hint={chosen?.description || undefined}
        >
          <div className="qm-plan-row">
            <Select
              id="plan-segment"
              className="qm-plan-select"
              value={draft.segmentId}
              disabled={!canWrite}
              loading={segments.isPending}
              placeholder={t('audience.choose')}
              showSearch={{ optionFilterProp: 'label' }}
              onChange={(segmentId: string) => change({ segmentId })}
              options={(segments.data ?? []).map((one) => ({
                value: one.id,
                label: `${one.name} · ${size(one.size)}`,
              }))}
            />
            {draft.segmentId && (
              <Anchor href={to('/customers', { segment: draft.segmentId })}>{t('audience.see')}</Anchor>
            )}
            {canWrite && build}
          </div>
        </PlanField>
      )}
    </PlanStep>
  );
}

export function OfferStep({ state, faults, canWrite }: StepProps) {
  const { t } = useTranslation('campaign');
  const { t: coupon } = useTranslation('promotion');
  const format = useFormat();
  const to = useTo();
  const now = useNow();
  const { draft, change } = state;
  const coupons = useApi(api.listCoupons, {});
  const chosen = coupons.data?.find((one) => one.id === draft.couponId);
  const { email } = draft;
  const isNamed = /\bcoupon\.(code|words)\b/.test(email.body + email.subject);
  return (
    <PlanStep step="offer" note={t('offer.note')}>
      <PlanField
        id="plan-coupon"
        label={t('offer.coupon')}
        fault={faults.couponId}
        hint={chosen && couponSentence(chosen, coupon, format, now)}
      >
        <div className="qm-plan-row">
          <Select
            id="plan-coupon"
            className="qm-plan-select"
            value={draft.couponId ?? ''}
            disabled={!canWrite}
            loading={coupons.isPending}
            showSearch={{ optionFilterProp: 'label' }}
            onChange={(id: string) => change({ couponId: id || null })}
            options={[
              { value: '', label: t('offer.none') },
              ...(coupons.data ?? []).map((one) => {
                const ended = couponState(one, now) === 'ended';
                return {
                  value: one.id,
                  disabled: ended && one.id !== draft.couponId,
                  label: `${one.name} · ${ended ? t('offer.ended') : couponSentence(one, coupon, format, now)}`,
                };
              }),
            ]}
          />
          {canWrite && <Anchor href={to('/coupons', { create: true })}>{t('offer.make')}</Anchor>}
        </div>
      </PlanField>
      {canWrite && draft.couponId && !isNamed && (
        <Alert
          type="warning"
          showIcon
          title={t('offer.insert')}
          action={
            <Button
              size="small"
              onClick={() => {
                const line = t('offer.couponLine', { skipInterpolation: true });
                change({ email: { ...email, body: withLine(email.body, line) } });
              }}
            >
              {t('offer.insertDo')}
            </Button>
          }
        />
      )}
      {!draft.couponId && isNamed && <Alert type="warning" showIcon title={t('offer.orphan')} />}
    </PlanStep>
  );
}

export function ControlStep({ state, canWrite, audience }: StepProps) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { draft, change } = state;
  const shares = [...new Set([...CONTROL_SHARES, draft.controlShare])].sort((a, b) => a - b);
  return (
    <PlanStep step="control" note={t('control.note')}>
      <div className="qm-plan-pair">
        <div className="qm-plan-field">
          <span className="qm-plan-label" id="plan-share">
            {t('control.share')}
          </span>
          <Segmented
            aria-labelledby="plan-share"
            value={draft.controlShare}
            disabled={!canWrite}
            onChange={(controlShare) => change({ controlShare: Number(controlShare) })}
            options={shares.map((value) => ({
              value,
              label: value === 0 ? t('control.none') : format.percent(value, 0),
            }))}
          />
          <p className={draft.controlShare === 0 ? 'qm-plan-warn' : 'qm-note'}>
            {t(draft.controlShare === 0 ? 'control.noneWarning' : 'control.trade')}
          </p>
        </div>
        <PlanField id="plan-days" label={t('control.days')} hint={t('control.daysHint')}>
          <InputNumber
            id="plan-days"
            min={1}
            max={365}
            precision={0}
            value={draft.measureDays}
            readOnly={!canWrite}
            suffix={t('control.daysUnit')}
            onChange={(days) => days && change({ measureDays: days })}
          />
        </PlanField>
      </div>
      {draft.controlShare > 0 && <Detectable state={state} canWrite={canWrite} audience={audience} />}
    </PlanStep>
  );
}

/** The smallest effect that the test would find, so that nobody waits for a number that cannot come. */
function Detectable({ state, canWrite, audience }: Pick<StepProps, 'state' | 'canWrite' | 'audience'>) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const found = detectable(audience);
  const { draft, change } = state;
  if (found.kind === 'nothing') return null;
  if (found.kind === 'waiting')
    return <p className="qm-note">{t(draft.segmentId ? 'plan.counting' : 'control.detectNone')}</p>;
  if (found.kind === 'found')
    return (
      <p className="qm-plan-fact">
        {t('control.detect', { amount: format.money(found.cents) })}{' '}
        <span className="qm-note">
          {t('control.detectTotal', { amount: format.moneyWords(found.cents * (audience?.treated ?? 0)) })}
        </span>
      </p>
    );
  const share = format.percent(found.share, 0);
  return (
    <Alert
      className="qm-plan-fact"
      type="info"
      showIcon
      title={t('control.noSales', { days: format.number(draft.measureDays), count: draft.measureDays })}
      description={t('control.noSalesText', {
        people: format.number(found.people),
        buyers: format.number(BUYERS_WANTED),
        rate: format.percent(COME_BACK_SHARE, 0),
      })}
      action={
        canWrite &&
        draft.controlShare < found.share && (
          <Button size="small" onClick={() => change({ controlShare: found.share })}>
            {t('control.holdOut', { share })}
          </Button>
        )
      }
    />
  );
}
