export { type CampaignParts, type Campaigns, openCampaigns } from './campaigns.ts';
export type { Segments } from './drafts.ts';
export { campaignPublicRoutes } from './public-routes.ts';
export { campaignRoutes } from './routes.ts';
export { campaignMigrations, EXPOSED } from './store.ch.ts';
