import { GiftOutlined, HeartOutlined, NotificationOutlined, RedoOutlined } from '@ant-design/icons';
import { api, type CampaignDraft } from '@qianmian/contract';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo, useTo } from '../shell/address.ts';
import { useWorkspace } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Page, useAddressState } from '../ui/index.ts';
import './campaign.css';
import { letterKey, STARTERS, type Starter } from './starters.ts';

const view = z.object({ segment: z.string().optional(), coupon: z.string().optional() });
const ICONS = {
  winBack: RedoOutlined,
  second: GiftOutlined,
  thanks: HeartOutlined,
  news: NotificationOutlined,
};

/** What it is for comes first: each purpose begins with a letter that works as it is. */
export default function NewCampaignPage() {
  const { t } = useTranslation('campaign');
  const to = useTo();
  const create = useBegin();
  const [{ segment }] = useAddressState(view);
  const { data } = useApi(api.getSegment, { params: { id: segment ?? '-' } }, { enabled: Boolean(segment) });
  return (
    <Page
      narrow
      title={t('pages.newCampaign')}
      headline={data ? t('new.headlineFor', { segment: data.name }) : t('new.headline')}
      note={t('new.note')}
      breadcrumbs={[{ label: t('pages.campaigns'), href: to('/campaigns') }]}
    >
      <div className="qm-starters">
        {STARTERS.map((starter) => {
          const Icon = ICONS[starter];
          return (
            <button
              key={starter}
              type="button"
              className="qm-starter"
              disabled={create.running}
              onClick={() => void create.begin(starter)}
            >
              <Icon aria-hidden="true" />
              <b>{t(`starter.${starter}.name`)}</b>
              <span className="qm-note">{t(`starter.${starter}.text`)}</span>
            </button>
          );
        })}
      </div>
      <div>
        <Button type="text" loading={create.running} onClick={() => void create.begin(null)}>
          {t('new.blank')}
        </Button>
      </div>
    </Page>
  );
}

/** Makes the draft and goes on to its plan. */
function useBegin() {
  const { t } = useTranslation('campaign');
  const go = useGo();
  const workspace = useWorkspace();
  const [{ segment, coupon }] = useAddressState(view);
  const create = useAction(api.createCampaign, { refreshes: [api.listCampaigns] });
  const letter = (starter: Starter | null): Pick<CampaignDraft, 'name' | 'goal' | 'email'> => {
    const fromName = workspace.name.slice(0, 80);
    if (!starter)
      return { name: t('pages.newCampaign'), goal: '', email: { fromName, subject: '…', body: '…' } };
    const raw = { skipInterpolation: true } as const;
    return {
      name: t(`starter.${starter}.name`),
      goal: t(`starter.${starter}.goal`),
      email: {
        fromName,
        subject: t(`starter.${starter}.subject`, raw),
        body: t(letterKey(starter, Boolean(coupon)), raw),
      },
    };
  };
  const begin = async (starter: Starter | null) => {
    const made = await create.run({
      body: { ...letter(starter), segmentId: segment ?? null, couponId: coupon ?? null },
    });
    if (made) go(`/campaigns/${made.id}`);
  };
  return { begin, running: create.running };
}
