import { campaignEndpoints } from '@qianmian/contract';
import type { Mount } from '../platform/http.ts';
import type { CampaignReporter } from './campaign-report.ts';

/** HTTP edge of the campaign report. */
export function reportRoutes(mount: Mount, campaignReport: CampaignReporter): void {
  mount(campaignEndpoints.getReport, ({ workspace, params }) => campaignReport(workspace, params.id));
}
