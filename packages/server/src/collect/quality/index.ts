export { type Arrivals, openArrivals } from './arrivals.ts';
export type { ReadDelivery } from './count-batch.ts';
export {
  type Fate,
  type HeldMessages,
  openHeldMessages,
  type Replay,
  type ReplayMark,
  type Road,
  SLOW_QUALITY_JOBS,
} from './held-messages.ts';
export { openQuality, type Quality } from './quality.ts';
export { qualityRoutes } from './routes.ts';
export {
  type FateRow,
  type QualityWarehouse,
  qualityMigrations,
  qualityWarehouse,
  type ViolationRow,
} from './store.ch.ts';
