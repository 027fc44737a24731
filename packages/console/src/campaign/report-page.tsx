import { api, type Campaign, type CampaignReport } from '@qianmian/contract';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Progress } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { passWeek } from '../demo/actions.ts';
import { useTo } from '../shell/address.ts';
import { useSession } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { refresh, useApi } from '../shell/use-api.ts';
import { Anchor, Answer, Badge, DateText, Facts, Loading, Page, Panel, useFormat } from '../ui/index.ts';
import { copyCampaign, stopCampaign } from './actions.ts';
import { CAMPAIGN_TONES, isMoving, sendingSentence, sendingShare } from './campaign-words.ts';
import { Recipients } from './recipients.tsx';
import { ArmTable, Course, Effects, Funnel, Lessons } from './report-parts.tsx';
import { intervalOf, isOpen, reportHeadline, reportNote, verdictOf } from './report-words.ts';

const PAGE_ACTIONS = [copyCampaign, stopCampaign];

/** What became of a campaign: first in a sentence, then drawn, then person by person. */
export function ReportPage({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const to = useTo();
  const moving = isMoving(campaign);
  const query = useApi(
    api.getReport,
    { params: { id: campaign.id } },
    { everyMs: moving ? 3000 : 60_000, keep: true },
  );
  usePageActions(PAGE_ACTIONS, campaign);
  useFreshWhenSent(campaign.state);
  const report = query.data;
  const sentence = moving
    ? sendingSentence(campaign, t, format)
    : report
      ? reportHeadline(report, t, format)
      : undefined;
  return (
    <Page
      title={campaign.name}
      headline={sentence}
      note={
        <>
          <Badge tone={CAMPAIGN_TONES[campaign.state]}>{t(`state.${campaign.state}`)}</Badge>
          {report && ` · ${reportNote(report, t, format)}`}
        </>
      }
      breadcrumbs={[{ label: t('plan.back'), href: to('/campaigns') }]}
      actions={
        <>
          <ActionButton action={stopCampaign} subject={campaign} />
          <ActionButton action={copyCampaign} subject={campaign} />
        </>
      }
    >
      {campaign.error && (
        <Alert type="error" showIcon title={t('sending.error')} description={campaign.error} />
      )}
      {moving && <Sending campaign={campaign} />}
      <Answer of={query} loading={<Loading kind="page" />}>
        {(data) => <Body report={data} campaign={campaign} />}
      </Answer>
    </Page>
  );
}

function Sending({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { failed, uncertain } = campaign.counts;
  return (
    <Panel title={t('sending.title')} note={t('sending.leave')}>
      <Progress
        percent={Math.round(sendingShare(campaign) * 100)}
        status="active"
        aria-label={t('sending.title')}
      />
      <p className="qm-note">
        {failed > 0 && t('sending.failed', { count: failed, people: format.number(failed) })}
        {failed > 0 && uncertain > 0 && ' · '}
        {uncertain > 0 && (
          <abbr title={t('sending.uncertainHelp')}>
            {t('sending.uncertain', { count: uncertain, people: format.number(uncertain) })}
          </abbr>
        )}
      </p>
    </Panel>
  );
}

function Body({ report, campaign }: { report: CampaignReport; campaign: Campaign }) {
  const hasPeople = report.treated.people + report.control.people > 0;
  return (
    <>
      <Cautions report={report} />
      {hasPeople && (
        <div className="qm-report-grid">
          <Effects report={report} />
          <Funnel report={report} />
        </div>
      )}
      {hasPeople && <Course report={report} />}
      {hasPeople && (
        <div className="qm-report-grid">
          <ArmTable report={report} />
          <Lessons report={report} />
        </div>
      )}
      <WhatWasSent campaign={campaign} />
      <Recipients campaign={campaign} />
    </>
  );
}

/** What must be known before a number is believed, and in a demo how to let time pass. */
function Cautions({ report }: { report: CampaignReport }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const { demo } = useSession();
  const verdict = verdictOf(report);
  const small = report.control.people < 100 && intervalOf(report.revenuePerPerson) !== null;
  return (
    <>
      {demo && isOpen(report) && (
        <Alert
          type="info"
          showIcon
          title={t('report.demo')}
          description={t('report.demoText')}
          action={<ActionButton action={passWeek} subject={undefined} />}
        />
      )}
      {verdict === 'badSplit' && (
        <Alert
          type="error"
          showIcon
          title={t('report.badSplit', {
            treated: format.number(report.treated.people),
            control: format.number(report.control.people),
            share: format.percent(report.campaign.controlShare, 0),
            p: format.number(report.sampleRatioP ?? 0, 5),
          })}
        />
      )}
      {small && verdict !== 'badSplit' && (
        <Alert
          type="warning"
          showIcon
          title={t('report.smallControl', { control: format.number(report.control.people) })}
        />
      )}
    </>
  );
}

function WhatWasSent({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const to = useTo();
  return (
    <Panel
      title={t('report.plan')}
      note={campaign.goal ? t('report.goal', { goal: campaign.goal }) : undefined}
    >
      <Facts
        of={[
          {
            label: t('report.audience'),
            value: campaign.segmentId ? (
              <Anchor href={to(`/segments/${campaign.segmentId}`)}>
                {campaign.segmentName ?? campaign.segmentId}
              </Anchor>
            ) : (
              '–'
            ),
          },
          {
            label: t('report.coupon'),
            value: campaign.couponId ? (
              <Anchor href={to(`/coupons/${campaign.couponId}`)}>
                {campaign.couponName ?? campaign.couponId}
              </Anchor>
            ) : (
              t('report.offerNone')
            ),
          },
          { label: t('report.launched'), value: <DateText at={campaign.launchedAt} as="dateTime" /> },
          { label: t('email.subject'), value: campaign.email.subject },
        ]}
      />
      <details className="qm-report-letter">
        <summary>{t('report.letter')}</summary>
        <pre className="qm-code">{campaign.email.body}</pre>
      </details>
    </Panel>
  );
}

/** When the last letter is out, what was counted before is out of date. */
function useFreshWhenSent(state: Campaign['state']) {
  const client = useQueryClient();
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state)
      void refresh(client, [api.getReport, api.listRecipients, api.listCampaigns]);
    before.current = state;
  }, [state, client]);
}
