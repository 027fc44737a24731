import { type AudiencePreview, api, type Coupon } from '@qianmian/contract';
import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan } from '../shell/session.tsx';
import { useApi } from '../shell/use-api.ts';
import { Answer, Bars, Loading, SplitBar, useFormat, usePalette } from '../ui/index.ts';
import { couponCost, exclusionsOf, warningsOf } from './audience-words.ts';
import { PlanStep, type StepProps } from './plan-step.tsx';

export interface Counting {
  data: AudiencePreview | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
}

/** Who is reached, who is left out and why, and what it costs at most. */
export function CheckStep({ state, query }: StepProps & { query: Counting }) {
  const { t } = useTranslation('campaign');
  const chosen = state.draft.segmentId !== null;
  return (
    <PlanStep
      step="check"
      note={t('check.note')}
      extra={
        chosen && (
          <Button type="text" loading={query.isFetching} onClick={() => void query.refetch()}>
            {t('check.again')}
          </Button>
        )
      }
    >
      {chosen ? (
        <Answer of={query} small>
          {(audience) => <Checked audience={audience} state={state} />}
        </Answer>
      ) : (
        <p className="qm-note">{t('check.waiting')}</p>
      )}
    </PlanStep>
  );
}

function Checked({ audience, state }: { audience: AudiencePreview; state: StepProps['state'] }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { palette } = usePalette();
  const left = exclusionsOf(audience);
  return (
    <div className="qm-plan-check">
      {warningsOf(audience.warnings).map(({ code, grave }) => (
        <Alert key={code} type={grave ? 'error' : 'warning'} showIcon title={t(`check.warning.${code}`)} />
      ))}
      {audience.reach > 0 && (
        <SplitBar
          label={t('check.reach')}
          of={[
            {
              key: 'treated',
              label: t('check.treated'),
              value: audience.treated,
              text: format.number(audience.treated),
              colour: palette.categories[0],
            },
            {
              key: 'control',
              label: t('check.control'),
              value: audience.control,
              text: format.number(audience.control),
              colour: palette.categories[1],
            },
          ].filter((part) => part.value > 0)}
        />
      )}
      <div className="qm-plan-pair">
        <div>
          <h3 className="qm-plan-head">{t('check.excluded')}</h3>
          {left.length === 0 ? (
            <p className="qm-note">{t('check.excludedNone')}</p>
          ) : (
            <Bars
              whole={audience.segment}
              of={left.map((one) => ({
                key: one.reason,
                label: t(`check.reason.${one.reason}`),
                value: one.people,
                text: format.number(one.people),
                colour: palette.faint,
              }))}
            />
          )}
        </div>
        <div>
          <h3 className="qm-plan-head">{t('check.cost')}</h3>
          <Cost couponId={state.draft.couponId} treated={audience.treated} />
        </div>
      </div>
    </div>
  );
}

/** What the coupons of a plan can cost; undefined until that is known. */
export function useCost(couponId: string | null, treated: number) {
  const canSee = useCan('overview.read');
  const coupons = useApi(api.listCoupons, {});
  const overview = useApi(
    api.getOverview,
    { query: { days: 90 } },
    { enabled: canSee && couponId !== null, staleMs: 5 * 60_000 },
  );
  const coupon: Coupon | undefined = coupons.data?.find((one) => one.id === couponId);
  const average = overview.data?.indicators.find((one) => one.key === 'averageOrderCents')?.value ?? null;
  if (coupons.isLoading || overview.isLoading) return undefined;
  return coupon ? couponCost(coupon, treated, average) : null;
}

function Cost({ couponId, treated }: { couponId: string | null; treated: number }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const cost = useCost(couponId, treated);
  if (cost === undefined) return <Loading kind="text" />;
  if (!cost) return <p className="qm-note">{t('check.costNone')}</p>;
  if (cost.eachCents === null || cost.mostCents === null) return <p>{t('check.costUnknown')}</p>;
  return (
    <p>
      {t(cost.kind === 'amount' ? 'check.costAmount' : 'check.costPercent', {
        most: format.moneyWords(cost.mostCents),
        each: format.money(cost.eachCents),
        people: format.number(treated),
      })}
    </p>
  );
}
