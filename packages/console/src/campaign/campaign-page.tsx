import { api, type Campaign } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import { Answer, Loading, Page } from '../ui/index.ts';
import './campaign.css';
import { isMoving } from './campaign-words.ts';
import { Planner } from './planner.tsx';
import { ReportPage } from './report-page.tsx';

const DRAFT_MS = 10_000;

/** A campaign: its plan while it is a draft, afterwards what became of it. */
export default function CampaignPage() {
  const { campaignId = '' } = useParams({ strict: false }) as { campaignId?: string };
  const query = useApi(api.getCampaign, { params: { id: campaignId } }, { staleMs: 0 });
  const moving = query.data && isMoving(query.data);
  const isDraft = query.data?.state === 'draft';
  // A second reader that only asks while letters go out, or others may write at the draft; both share one answer.
  useApi(
    api.getCampaign,
    { params: { id: campaignId } },
    { enabled: Boolean(moving) || isDraft, everyMs: moving ? 1500 : DRAFT_MS },
  );
  if (query.data) return <Body campaign={query.data} isFresh={query.isFetchedAfterMount} />;
  return <Waiting query={query} />;
}

function Body({ campaign, isFresh }: { campaign: Campaign; isFresh: boolean }) {
  return campaign.state === 'draft' ? (
    <Planner key={campaign.id} campaign={campaign} isFresh={isFresh} />
  ) : (
    <ReportPage campaign={campaign} />
  );
}

function Waiting({ query }: { query: Parameters<typeof Answer>[0]['of'] }) {
  const { t } = useTranslation('campaign');
  const to = useTo();
  return (
    <Page title={t('pages.campaign')} breadcrumbs={[{ label: t('plan.back'), href: to('/campaigns') }]}>
      <Answer of={query} loading={<Loading kind="page" />}>
        {() => null}
      </Answer>
    </Page>
  );
}
