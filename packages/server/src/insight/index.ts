export { type CampaignReporter, openCampaignReport } from './campaign-report.ts';
export { reportRoutes } from './report-routes.ts';
