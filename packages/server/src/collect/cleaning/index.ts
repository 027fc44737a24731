export { openApply, SLOW_CLEANING_JOBS } from './apply.ts';
export { openCleaning } from './cleaning.ts';
export { lineKey } from './fields.ts';
export type { StoredTrait, StoredTraits } from './past.ts';
export { openQueue } from './queue.ts';
export { cleaningRoutes } from './routes.ts';
export { openSteps } from './steps.ts';
export { cleaningWarehouse, type ImputedLines } from './store.ch.ts';
