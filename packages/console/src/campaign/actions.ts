import { CopyOutlined, DeleteOutlined, PlusOutlined, StopOutlined } from '@ant-design/icons';
import { api, type Campaign } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';
import { draftOf } from './draft.ts';

export const newCampaign = defineAction({
  id: 'campaign.new',
  label: 'campaign:actions.new',
  icon: PlusOutlined,
  permission: 'campaign.write',
  run: ({ go }) => go('/campaigns/new'),
});

/** A draft with the same audience, offer, letter and control group: the next round of what was learnt. */
export const copyCampaign = defineAction<Campaign>({
  id: 'campaign.copy',
  label: 'campaign:actions.copy',
  icon: CopyOutlined,
  permission: 'campaign.write',
  run: async ({ call, go, refresh, text, toast }, campaign) => {
    const name = text('campaign:copyOf', { name: campaign.name }).slice(0, 80);
    const made = await call(api.createCampaign, { body: { ...draftOf(campaign), name } });
    toast.done(text('campaign:copied'));
    go(`/campaigns/${made.id}`);
    await refresh(api.listCampaigns);
  },
});

export const deleteCampaign = defineAction<Campaign>({
  id: 'campaign.delete',
  label: 'campaign:actions.delete',
  icon: DeleteOutlined,
  permission: 'campaign.write',
  danger: true,
  applies: (campaign) => campaign.state === 'draft',
  run: async ({ call, confirm, go, refresh, text, toast }, campaign) => {
    const sure = await confirm({
      title: text('campaign:delete.title', { name: campaign.name }),
      consequence: text('campaign:delete.text'),
      verb: text('campaign:actions.delete'),
    });
    if (!sure) return;
    go('/campaigns');
    await call(api.deleteCampaign, { params: { id: campaign.id } });
    toast.done(text('campaign:delete.done', { name: campaign.name }));
    await refresh(api.listCampaigns);
  },
});

export const stopCampaign = defineAction<Campaign>({
  id: 'campaign.stop',
  label: 'campaign:actions.stop',
  icon: StopOutlined,
  permission: 'campaign.launch',
  danger: true,
  applies: (campaign) => campaign.state === 'sending' || campaign.state === 'launching',
  run: async ({ call, confirm, format, refresh, text, toast }, campaign) => {
    const { sent, queued } = campaign.counts;
    const sure = await confirm({
      title: text('campaign:stop.title'),
      consequence: text('campaign:stop.text', { sent: format.number(sent), queued: format.number(queued) }),
      verb: text('campaign:actions.stop'),
    });
    if (!sure) return;
    await call(api.stopCampaign, { params: { id: campaign.id } });
    toast.done(text('campaign:stop.done'));
    await refresh(api.getCampaign, api.listCampaigns, api.getReport, api.listRecipients);
  },
});
