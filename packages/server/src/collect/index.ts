export { type FactBatch, type FactSink, heardAt, type Resolved } from './batch.ts';
export {
  cleaningRoutes,
  cleaningWarehouse,
  type ImputedLines,
  lineKey,
  openApply,
  openCleaning,
  openQueue as openCleaningQueue,
  openSteps as openCleaningSteps,
  SLOW_CLEANING_JOBS,
  type StoredTrait,
  type StoredTraits,
} from './cleaning/index.ts';
export { goodsLeftOut } from './client-key.ts';
export { type Collector, openCollector } from './collector.ts';
export { consentSaid } from './consent-words.ts';
export {
  type EventFact,
  type Fact,
  IDENTIFIER_TYPES,
  type Identifier,
  type IdentifierType,
  type OrderLineFact,
  OUR_SOURCE,
  type PersonFact,
  type ProductFact,
  type StockFact,
  type StoreFact,
  type TraitOperation,
  type TraitValue,
} from './facts.ts';
export { hookRoutes } from './hooks/hook-routes.ts';
export { type Hooks, openHooks } from './hooks/hooks.ts';
export { hookWarehouse } from './hooks/store.ch.ts';
export { importJobs, type UndoImport } from './import-job.ts';
export { type ImportRuns, openImportRuns } from './import-runs.ts';
export { ingestRoutes } from './ingest-routes.ts';
export { type Mappings, openMappings } from './mappings.ts';
export { type Masks, openMasked } from './masked.ts';
export { openMessageHash } from './message-hash.ts';
export { OF_PERSON, type Owners, type Whose } from './owners.ts';
export { type PhoneFrom, phoneNumber } from './phone.ts';
export { openPlans } from './plan/index.ts';
export { openPoisonGuard } from './poison.ts';
export { openPulls, openRunner, openRuns, pullJobs, pullRoutes, SLOW_PULL_JOBS } from './pulls/index.ts';
export {
  openArrivals,
  openHeldMessages,
  openQuality,
  qualityRoutes,
  qualityWarehouse,
  SLOW_QUALITY_JOBS,
} from './quality/index.ts';
export { openQuotas, type Quotas } from './quota.ts';
export { quotaRoutes } from './quota-routes.ts';
export { collectRoutes } from './routes.ts';
export { sdkRoutes } from './sdk-routes.ts';
export { sourceRoutes } from './source-routes.ts';
export { openSources, type Sources } from './sources.ts';
export { collectMigrations, collectWarehouse, type QuarantineRow } from './store.ch.ts';
export { factsOfMessage } from './wire/segment.ts';
