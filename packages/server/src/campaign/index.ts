export { type CampaignParts, type Campaigns, openCampaigns } from './campaigns.ts';
export type { Segments } from './drafts.ts';
export { campaignPublicRoutes } from './public-routes.ts';
export { campaignRoutes } from './routes.ts';
export { campaignMigrations } from './store.ch.ts';
export { EXPOSED, UNIT_KEYS, unitKey } from './units.ch.ts';
