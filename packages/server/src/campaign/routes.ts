import { campaignEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import type { Mount } from '../platform/http.ts';
import { codeShown } from '../promotion/index.ts';
import type { Campaigns } from './campaigns.ts';

/** HTTP edge of campaigns; the report is insight's. */
export function campaignRoutes(mount: Mount, parts: { campaigns: Campaigns; audit: Audit }): void {
  const { campaigns, audit } = parts;

  mount(e.listCampaigns, ({ workspace }) => campaigns.list(workspace));
  mount(e.getCampaign, ({ workspace, params }) => campaigns.get(workspace, params.id));
  mount(e.createCampaign, async ({ workspace, body, who }) => {
    const made = await campaigns.create(workspace, body, who.name);
    await audit.note(workspace, who, 'campaign.create', made.id, { name: made.name });
    return made;
  });
  mount(e.updateCampaign, async ({ workspace, params, body, who }) => {
    const changed = await campaigns.update(workspace, params.id, body, who.name);
    await audit.note(workspace, who, 'campaign.update', params.id, { name: changed.name });
    return changed;
  });
  mount(e.deleteCampaign, async ({ workspace, params, who }) => {
    await campaigns.remove(workspace, params.id);
    await audit.note(workspace, who, 'campaign.delete', params.id);
    return undefined;
  });
  mount(e.previewAudience, ({ workspace, params }) => campaigns.previewAudience(workspace, params.id));
  mount(e.previewMessage, ({ workspace, body, may }) =>
    campaigns.previewMessage(workspace, body, may('customer.reveal')),
  );
  mount(e.sendTest, async ({ workspace, params, body, who }) => {
    const sent = await campaigns.sendTest(workspace, params.id, body.to);
    await audit.note(workspace, who, 'campaign.test', params.id);
    return sent;
  });
  mount(e.launchCampaign, async ({ workspace, params, body, who }) => {
    const launched = await campaigns.launch(workspace, params.id, body);
    await audit.note(workspace, who, 'campaign.launch', params.id, { reach: body.confirmReach });
    return launched;
  });
  mount(e.stopCampaign, async ({ workspace, params, who }) => {
    const stopped = await campaigns.stop(workspace, params.id);
    await audit.note(workspace, who, 'campaign.stop', params.id);
    return stopped;
  });
  mount(e.listRecipients, async ({ workspace, params, query, may }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const wanted = { ...page, limit: page.limit + 1, state: query.state };
    const rows = await campaigns.recipients(workspace, params.id, wanted, may('customer.reveal'));
    const shown = codeShown(may);
    return pageFrom(
      rows.map((row) => ({ ...row, couponCode: shown(row.couponCode) })),
      page,
      await campaigns.countRecipients(params.id, query.state),
    );
  });
}
