import type { CampaignReport } from '@qianmian/contract';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Bars, type Format, LineCompare, Panel, useFormat, usePalette } from '../ui/index.ts';
import { IntervalPlot } from './interval-plot.tsx';
import { lessonsOf, lessonWords, verdictOf } from './report-words.ts';

type Part = { report: CampaignReport };

function signed(people: number, format: Format): string {
  const whole = Math.round(people);
  return `${whole > 0 ? '+' : ''}${format.number(whole)}`;
}

/** From letter to till, as shares of who was written to. */
export function Funnel({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { funnel, campaign } = report;
  const steps = (['sent', 'opened', 'clicked', 'redeemed'] as const).filter(
    (step) => step !== 'redeemed' || campaign.couponId !== null,
  );
  return (
    <Panel title={t('report.funnel')} note={t('report.funnelNote')}>
      <Bars
        whole={funnel.treated}
        of={steps.map((step) => ({
          key: step,
          label:
            step === 'opened' ? (
              <abbr title={t('report.openedHelp')}>{t('report.opened')}</abbr>
            ) : (
              t(`report.${step}`)
            ),
          value: funnel[step],
          text: (
            <>
              {format.number(funnel[step])}
              <span className="qm-note qm-report-share">
                {funnel.treated > 0 ? format.percent(funnel[step] / funnel.treated) : '–'}
              </span>
            </>
          ),
        }))}
      />
    </Panel>
  );
}

/** The differences between the two groups, each with the interval it lies in. */
export function Effects({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { revenuePerPerson, buyerShare, incrementalBuyers } = report;
  const writeMoney = useCallback((cents: number) => format.money(cents), [format]);
  const verdict = verdictOf(report);
  const isTrusted = verdict !== 'badSplit';
  if (verdict === 'noOrders')
    return (
      <Panel title={t('report.effect')}>
        <p className="qm-note">{t('report.noOrders')}</p>
      </Panel>
    );
  return (
    <Panel title={t('report.effect')} note={t('report.effectNote')}>
      {!revenuePerPerson && <p className="qm-note">{t('report.none')}</p>}
      {revenuePerPerson && (
        <IntervalPlot
          label={t('report.revenue')}
          of={revenuePerPerson}
          write={writeMoney}
          muted={!isTrusted}
        />
      )}
      {buyerShare && (
        <IntervalPlot
          label={t('report.buyers')}
          of={buyerShare}
          write={format.points}
          muted={!isTrusted}
          note={
            incrementalBuyers &&
            t('report.moreBuyers', {
              value: signed(incrementalBuyers.value, format),
              low: signed(incrementalBuyers.low, format),
              high: signed(incrementalBuyers.high, format),
            })
          }
        />
      )}
    </Panel>
  );
}

/** The two groups in numbers. */
export function ArmTable({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const arms = (['treated', 'control'] as const).filter((arm) => report[arm].people > 0);
  const rows = [
    { label: t('report.people'), of: (arm: 'treated' | 'control') => format.number(report[arm].people) },
    {
      label: t('report.buyersCount'),
      of: (arm: 'treated' | 'control') =>
        `${format.number(report[arm].buyers)} (${format.percent(report[arm].buyers / report[arm].people)})`,
    },
    { label: t('report.orders'), of: (arm: 'treated' | 'control') => format.number(report[arm].orders) },
    { label: t('report.sales'), of: (arm: 'treated' | 'control') => format.money(report[arm].revenueCents) },
    {
      label: t('report.perPerson'),
      of: (arm: 'treated' | 'control') => format.money(report[arm].perPersonCents),
    },
  ];
  return (
    <Panel title={t('report.arms')} note={t('report.armsNote')}>
      <table className="qm-plain-table">
        <thead>
          <tr>
            <th scope="col">{t('report.arm')}</th>
            {arms.map((arm) => (
              <th key={arm} scope="col" className="qm-right">
                {t(`report.${arm}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row">{row.label}</th>
              {arms.map((arm) => (
                <td key={arm} className="qm-right qm-num">
                  {row.of(arm)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** Sales per person of both groups, added up day by day since the launch. */
export function Course({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { daily } = report;
  const labels = useMemo(() => daily.map(({ day }) => t('report.day', { day })), [daily, t]);
  const hasControl = report.control.people > 0;
  const lines = useMemo(
    () => [
      { name: t('report.treated'), values: daily.map((one) => one.treatedPerPersonCents) },
      ...(hasControl
        ? [{ name: t('report.control'), values: daily.map((one) => one.controlPerPersonCents), colour: 1 }]
        : []),
    ],
    [daily, hasControl, t],
  );
  const last = daily.at(-1);
  if (!last || daily.length < 2) return null;
  return (
    <LineCompare
      title={t('report.course')}
      note={t('report.courseNote')}
      summary={t('report.courseSummary', {
        days: last.day,
        treated: format.money(last.treatedPerPersonCents),
        control: format.money(last.controlPerPersonCents),
      })}
      axisName={t('report.dayHead')}
      labels={labels}
      lines={lines}
      tick={format.moneyShort}
      write={format.money}
    />
  );
}

/** What a next campaign should do, by what this one showed. */
export function Lessons({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { palette } = usePalette();
  const lessons = lessonsOf(report);
  return (
    <Panel title={t('report.lessons')}>
      {lessons.length === 0 ? (
        <p className="qm-note">{t('report.lessonsNone')}</p>
      ) : (
        <ul className="qm-lessons">
          {lessons.map((lesson) => (
            <li key={lesson.key} style={{ borderColor: palette.accent }}>
              {lessonWords(lesson, t, format)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
