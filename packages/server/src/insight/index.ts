export { type CampaignReporter, openCampaignReport } from './campaign-report.ts';
export { openOverview } from './overview.ts';
export { reportRoutes } from './report-routes.ts';
export { insightRoutes } from './routes.ts';
export { openSearch } from './search.ts';
