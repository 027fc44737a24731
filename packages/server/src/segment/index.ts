export { segmentRoutes } from './routes.ts';
export { openSegment, type SegmentService } from './segment.ts';
export type { CampaignsUsing } from './segments.ts';
export { segmentMigrations } from './store.ch.ts';
