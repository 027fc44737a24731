import { NotificationOutlined } from '@ant-design/icons';
import { api, type Campaign } from '@qianmian/contract';
import { Progress } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { ActionButton } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  useFormat,
} from '../ui/index.ts';
import { newCampaign } from './actions.ts';
import './campaign.css';
import { CAMPAIGN_TONES, campaignsHeadline, isMoving, sendingShare } from './campaign-words.ts';
import { earnedPhrase, verdictOf } from './report-words.ts';

/** Campaigns: where each stands, whom it reached, what it earned. */
export default function CampaignsPage() {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const to = useTo();
  const query = useApi(api.listCampaigns, {}, { everyMs: 5000 });
  const columns = useCampaignColumns();
  const { data } = query;
  return (
    <Page
      title={t('pages.campaigns')}
      headline={data && campaignsHeadline(data, t, format)}
      note={data && data.length > 0 ? t('list.note') : undefined}
      actions={<ActionButton action={newCampaign} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(campaigns) => (
          <DataTable
            id="campaigns"
            label={t('pages.campaigns')}
            columns={columns}
            rows={campaigns}
            rowKey={(one) => one.id}
            rowHref={(one) => to(`/campaigns/${one.id}`)}
            empty={
              <EmptyState
                icon={<NotificationOutlined />}
                title={t('list.empty')}
                text={t('list.emptyText')}
                action={<ActionButton action={newCampaign} subject={undefined} />}
              />
            }
          />
        )}
      </Answer>
    </Page>
  );
}

function useCampaignColumns(): Column<Campaign>[] {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  return useMemo(() => {
    const reach = ({ state, counts }: Campaign) =>
      state === 'draft' ? null : counts.treated + counts.control;
    const number = (value: number | null) => (value === null ? '–' : format.number(value));
    return [
      {
        key: 'name',
        title: t('list.name'),
        value: (one) => one.name,
        always: true,
        sortable: true,
        width: 220,
      },
      {
        key: 'state',
        title: t('list.state'),
        value: (one) => t(`state.${one.state}`),
        cell: (one) => <StateCell campaign={one} />,
        sortable: true,
        width: 140,
      },
      { key: 'segment', title: t('list.segment'), value: (one) => one.segmentName ?? '–', width: 180 },
      {
        key: 'reach',
        title: t('list.reach'),
        help: t('list.reachHelp'),
        value: reach,
        cell: (one) => number(reach(one)),
        align: 'right',
        sortable: true,
        width: 96,
      },
      {
        key: 'sent',
        title: t('list.sent'),
        value: (one) => (one.state === 'draft' ? null : one.counts.sent),
        cell: (one) => number(one.state === 'draft' ? null : one.counts.sent),
        align: 'right',
        sortable: true,
        width: 96,
      },
      { key: 'earned', title: t('list.earned'), cell: (one) => <Earned campaign={one} />, width: 230 },
      {
        key: 'coupon',
        title: t('list.coupon'),
        value: (one) => one.couponName ?? '–',
        hidden: true,
        width: 180,
      },
      {
        key: 'launched',
        title: t('list.launched'),
        value: (one) => one.launchedAt,
        cell: (one) => <DateText at={one.launchedAt} />,
        sortable: true,
        width: 140,
      },
      {
        key: 'created',
        title: t('list.created'),
        value: (one) => one.createdAt,
        cell: (one) => <DateText at={one.createdAt} />,
        sortable: true,
        hidden: true,
      },
    ];
  }, [t, format]);
}

function StateCell({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const state = t(`state.${campaign.state}`);
  if (!isMoving(campaign)) return <Badge tone={CAMPAIGN_TONES[campaign.state]}>{state}</Badge>;
  return (
    <span className="qm-two-lines">
      <Badge tone="busy">{state}</Badge>
      <Progress percent={Math.round(sendingShare(campaign) * 100)} size="small" aria-label={state} />
    </span>
  );
}

/** What it earned in a phrase; asked for only where there is something to say. */
function Earned({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const format = useFormat();
  const wanted = campaign.state === 'sent' || campaign.state === 'stopped' || campaign.state === 'sending';
  const { data } = useApi(
    api.getReport,
    { params: { id: campaign.id } },
    { enabled: wanted, staleMs: 60_000 },
  );
  if (!wanted || !data) return '–';
  const verdict = verdictOf(data);
  const look = verdict === 'gain' ? 'qm-earned-gain' : verdict === 'loss' ? 'qm-earned-loss' : 'qm-note';
  return <span className={look}>{earnedPhrase(data, t, format)}</span>;
}
