import type { CampaignReport } from '@qianmian/contract';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Bars, type Format, LineCompare, Panel, useFormat, usePalette } from '../ui/index.ts';
import { IntervalPlot } from './interval-plot.tsx';
import {
  fewBuyers,
  hasTooFew,
  intervalOf,
  isTooSmall,
  lessonsOf,
  lessonWords,
  verdictOf,
} from './report-words.ts';

type Part = { report: CampaignReport };

function signed(people: number, format: Format): string {
  // Less than half a person is nobody, not minus nobody.
  const whole = Math.round(people) || 0;
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

/** A share of the spread below which an adjustment changes nothing that can be seen. */
const WORTH_SAYING = 0.01;

/** The differences between the two groups, each with the interval it lies in. */
export function Effects({ report }: Part) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { spendBefore } = report;
  const [revenue, share, buyers] = [report.revenuePerPerson, report.buyerShare, report.incrementalBuyers].map(
    intervalOf,
  );
  const writeMoney = useCallback((cents: number) => format.money(cents), [format]);
  const verdict = verdictOf(report);
  const isRunning = verdict === 'running';
  const isMuted = isRunning || verdict === 'badSplit' || hasTooFew(report);
  if (report.treated.orders + report.control.orders === 0)
    return (
      <Panel title={t('report.effect')}>
        <p className="qm-note">{t('report.noOrders')}</p>
      </Panel>
    );
  return (
    <Panel title={t('report.effect')} note={t('report.effectNote')}>
      {isRunning && <p className="qm-note">{t('report.provisional')}</p>}
      {!report.buyers && <p className="qm-note">{t('report.none')}</p>}
      {hasTooFew(report) && (
        <p className="qm-note">
          {t(isTooSmall(report) ? 'report.tooSmall' : 'report.tooFew', fewBuyers(report, format))}
        </p>
      )}
      {revenue && (
        <IntervalPlot
          label={t('report.revenue')}
          of={revenue}
          write={writeMoney}
          muted={isMuted}
          note={
            spendBefore &&
            spendBefore.explained >= WORTH_SAYING &&
            t('report.adjusted', { share: format.percent(spendBefore.explained, 0) })
          }
        />
      )}
      {share && (
        <IntervalPlot
          label={t('report.buyers')}
          of={share}
          write={format.points}
          muted={isMuted}
          note={
            buyers &&
            t('report.moreBuyers', {
              value: signed(buyers.value, format),
              low: signed(buyers.low, format),
              high: signed(buyers.high, format),
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
