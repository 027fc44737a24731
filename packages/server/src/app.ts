import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { clientKey } from '@qianmian/contract';
import { campaignPublicRoutes, campaignRoutes, openCampaigns } from './campaign/index.ts';
import { catalogRoutes, openCatalog } from './catalog/index.ts';
import {
  cleaningRoutes,
  cleaningWarehouse,
  collectRoutes,
  collectWarehouse,
  type FactSink,
  goodsLeftOut,
  hookRoutes,
  hookWarehouse,
  importJobs,
  ingestRoutes,
  openApply,
  openArrivals,
  openCleaning,
  openCleaningQueue,
  openCleaningSteps,
  openCollector,
  openHeldMessages,
  openHooks,
  openImportRuns,
  openMappings,
  openMasked,
  openMessageHash,
  openPlans,
  openPoisonGuard,
  openPulls,
  openQuality,
  openQuotas,
  openRunner,
  openRuns,
  openSources,
  pullJobs,
  pullRoutes,
  qualityRoutes,
  qualityWarehouse,
  quotaRoutes,
  SLOW_CLEANING_JOBS,
  SLOW_PULL_JOBS,
  SLOW_QUALITY_JOBS,
  sdkRoutes,
  sourceRoutes,
} from './collect/index.ts';
import type { Config } from './config.ts';
import { DEMO_WORKSPACE, type Demo } from './demo/index.ts';
import {
  authenticator,
  governanceRoutes,
  LOCAL_OPERATOR,
  openAccounts,
  openApiKeys,
  openAudit,
  openGuesses,
  openMembers,
  openWorkspaces,
} from './governance/index.ts';
import {
  identityJobs,
  identityRoutes,
  openDecisions,
  openFolding,
  openIdentity,
  openPersonIdentity,
  openReview,
  openRules,
  SLOW_IDENTITY_JOBS,
} from './identity/index.ts';
import {
  insightRoutes,
  openCampaignReport,
  openOverview,
  openSearch,
  reportRoutes,
} from './insight/index.ts';
import { Bus } from './platform/bus.ts';
import { type Clock, DAY, HeldClock, MINUTE, SECOND } from './platform/clock.ts';
import { checkHealth } from './platform/health.ts';
import { buildHttp, mayWatch } from './platform/http.ts';
import { jobRoutes } from './platform/job-routes.ts';
import { Jobs } from './platform/jobs.ts';
import { openJournal } from './platform/journal.ts';
import { openLastHour } from './platform/last-hour.ts';
import type { OpenedLedger } from './platform/ledger.ts';
import type { Log } from './platform/log.ts';
import { openMetrics } from './platform/metrics.ts';
import { openOutgoing } from './platform/outgoing.ts';
import { loadSecret, sign } from './platform/secret.ts';
import type { Warehouse } from './platform/warehouse.ts';
import {
  maskIdentifier,
  maskProperties,
  maskValue,
  openProfile,
  PERSON_TABLES,
  profileRoutes,
} from './profile/index.ts';
import { openPromotion, promotionRoutes } from './promotion/index.ts';
import { openSegment, segmentRoutes } from './segment/index.ts';

/** Tables of facts about people right of identity, to be told whose they are. */
const FACT_TABLES = [...PERSON_TABLES, 'profile_trait_step', 'profile_order_key'].map((table) => ({ table }));

export const VERSION = '0.1.0';

/** Long work that must not hold up the short: portraits, segments, redemptions. */
const SLOW_JOBS = ['collect.import', 'collect.import_undo', 'campaign.launch', 'campaign.send'];

/** How often it is looked which sources are due. */
const PULL_LOOK = 10 * SECOND;

/** What the process hands to the app: its settings, its stores, its time. */
export interface AppParts {
  config: Config;
  ledger: OpenedLedger;
  warehouse: Warehouse;
  clock: Clock;
  /** The time that sign-ins, links and keys live by, where the shop's runs ahead of it (a demo). */
  accountsClock?: Clock;
  log: Log;
  /** The command line's key on this machine. */
  localToken: string;
  consoleDir: string | null;
  demo?: Demo | null;
}

/** Builds every domain, from left to right, and binds them: the only place that sees them all. */
export async function buildApp({
  config,
  ledger,
  warehouse,
  clock,
  accountsClock = clock,
  log,
  localToken,
  consoleDir,
  demo,
}: AppParts) {
  await mkdir(config.dataDir, { recursive: true });
  const metrics = openMetrics();
  const bus = new Bus(log);
  const jobs = new Jobs(ledger.db, {
    ...{ clock, log, metrics },
    worker: `${hostname()}:${process.pid}`,
    alone: ledger.alone,
    slow: [
      ...SLOW_JOBS,
      ...SLOW_PULL_JOBS,
      ...SLOW_IDENTITY_JOBS,
      ...SLOW_QUALITY_JOBS,
      ...SLOW_CLEANING_JOBS,
    ],
  });
  const journal = await openJournal(join(config.dataDir, 'journal'), {
    reserveBytes: config.minFreeBytes,
    onDamage: (what) => log.error(what, 'a stretch of the journal could not be read; it was kept aside'),
  });
  const secret = await loadSecret(config.dataDir);
  const lastHour = openLastHour(clock);
  const base = { ledger: ledger.db, warehouse, clock, log, bus, jobs, metrics, lastHour };

  const signedIn = { ...base, clock: accountsClock };
  const accounts = openAccounts(signedIn);
  const apiKeys = openApiKeys(signedIn);
  const members = openMembers({ ...signedIn, accounts });
  const workspaces = openWorkspaces({ ...base, hasZone: warehouse.hasTimeZone });
  const audit = openAudit(base);
  const guesses = openGuesses({ ...base, audit });

  const catalog = openCatalog(base);
  const identity = openIdentity({ ...base, workspaces });

  const collected = collectWarehouse(warehouse);
  const cleaned = cleaningWarehouse(warehouse);
  const profile = openProfile({
    ...base,
    workspaces,
    identity,
    setAside: collected.insertQuarantine,
    imputedLines: cleaned.imputedLines,
    // Segments stand to the right: profile asks for them when a page does.
    members: {
      source: (workspace, id) => segment.members.source(workspace, id),
      segmentsOf: (workspace, person) => segment.members.segmentsOf(workspace, person),
    },
  });

  const quotas = openQuotas({ ...base, workspaces });
  const hookStore = hookWarehouse(warehouse);
  const sources = openSources({
    ...base,
    warehouse: collected,
    hookWarehouse: hookStore,
    workspaces,
    secret,
  });
  const hooks = openHooks({ ...base, warehouse: hookStore, sources, workspaces });
  const sinks: FactSink[] = [
    async (batch) => {
      const products = await catalog.upsertProducts(batch.workspace, batch.products, batch);
      const stores = await catalog.upsertStores(batch.workspace, batch.stores, batch);
      await collected.insertQuarantine(goodsLeftOut(batch, { products, stores }), `${batch.token}:goods`);
      await catalog.recordStock(batch.workspace, batch.stocks, batch);
    },
    profile.sink,
  ];
  const judged = qualityWarehouse(warehouse);
  const plans = openPlans(base);
  const journalName = createHash('sha256').update(secret).digest('hex').slice(0, 32);
  const quality = openQuality({ ...base, warehouse: judged, workspaces, journal: journalName });
  const cleaningSteps = openCleaningSteps({ ...base, workspaces });
  const guard = openPoisonGuard(join(config.dataDir, 'journal'));
  const collector = openCollector({
    ...base,
    cleaning: { stepsAt: cleaningSteps.stepsAt, keep: cleaned.insertChanges },
    judging: { plans, quality, warehouse: judged },
    warehouse: collected,
    journal,
    guard,
    workspaces,
    resolve: identity.resolve,
    hashOf: openMessageHash(secret),
    sinks,
    hooks,
    limitsOf: sources.limitsOf,
    hidden: (word) => sign(secret, `in an id: ${word}`),
  });
  const held = openHeldMessages({ ...base, warehouse: judged, road: collector.road });
  const past = { warehouse: cleaned, collected, catalog, traits: profile.storedTraits };
  const cleaningQueue = openCleaningQueue({ ...base, workspaces, steps: cleaningSteps, past });
  const applying = openApply({ ...base, steps: cleaningSteps, queue: cleaningQueue, past, collector });
  const cleaning = openCleaning({
    ...{ ...base, workspaces, past, apply: applying },
    ...{ steps: cleaningSteps, queue: cleaningQueue },
  });
  const exclusively = collector.exclusively;
  const identityRules = openRules({ ...base, identity, exclusively });
  const decisions = openDecisions({ ...base, identity, exclusively });
  const folding = openFolding({ ...base, identity, exclusively, factTables: FACT_TABLES });
  const review = openReview({ ...base, identity, decisions, people: profile.duplicates });
  identityJobs({ ...base, rules: identityRules, folding, review });
  const runs = openImportRuns({
    ...{ ...base, warehouse: collected, workspaces, dataDir: config.dataDir },
    countOnlyFrom: async (workspace, importId) => ({
      ...(await catalog.countOnlyFrom(workspace, importId)),
      people: await identity.countOnlyFrom(workspace, importId, PERSON_TABLES),
    }),
  });
  const mappings = openMappings(base);
  const outgoing = openOutgoing(config.privateHosts);
  const pullRuns = openRuns(base);
  const pulls = openPulls({
    ...{ ...base, runs: pullRuns, workspaces, outgoing, secret, folder: config.pullFolder },
  });
  pullJobs(jobs, {
    ...{ ...base, workspaces, pulls, runs: pullRuns, now: () => clock.now() },
    runPull: openRunner({
      ...{ collector, warehouse: collected, runs: pullRuns, outgoing },
      openStorage: pulls.openStorage,
    }),
  });
  importJobs(jobs, {
    ...base,
    warehouse: collected,
    runs,
    collector,
    workspaces,
    undoers: [
      catalog.undoImport,
      profile.undoImport,
      (workspace, importId, version) => identity.undoImport(workspace, importId, version, PERSON_TABLES),
    ],
  });
  let publicUrl = config.publicUrl ?? `http://${config.host}:${config.port}`;
  const segment = openSegment({
    ...base,
    workspaces,
    profile,
    campaignsUsing: (workspace) => campaigns.usesOfSegments(workspace),
  });
  const promotion = openPromotion({
    ...base,
    workspaces,
    record: collector.record,
    identifiersOf: identity.identifiersOf,
  });
  const readersClock = new HeldClock(clock);
  const campaigns = openCampaigns({
    ...base,
    readersClock,
    workspaces,
    identity,
    promotion,
    segments: segment,
    record: collector.record,
    secret,
    publicUrl: () => publicUrl,
    mail: { smtpUrl: config.smtpUrl, from: config.mailFrom },
  });
  for (const holds of [
    ...[collected.holdsAmounts, catalog.holdsPrices],
    ...[promotion.coupons.holdsAmounts, segment.holdsAmounts],
  ])
    workspaces.onAmounts(holds);
  bus.on('governance.workspaceCreated', async ({ workspace }) => {
    await sources.create(workspace, 'Web site', clientKey.parse({}));
  });

  const authenticate = authenticator({ accounts, apiKeys, localToken });
  const http = await buildHttp({
    log,
    clock,
    metrics,
    secret,
    version: VERSION,
    consoleDir,
    publicUrl: config.publicUrl,
    authenticate,
  });
  const { mount } = http;
  governanceRoutes(mount, { accounts, apiKeys, members, workspaces, audit, demo: config.demo !== null });
  jobRoutes(mount, jobs);
  catalogRoutes(mount, { catalog, audit, exclusively: collector.exclusively });
  const masks = { value: maskValue, identifier: maskIdentifier, properties: maskProperties };
  collectRoutes(mount, {
    runs,
    mappings,
    held,
    warehouse: collected,
    clock,
    people: identity,
    masks,
    audit,
    quotas,
  });
  quotaRoutes(mount, {
    ...{ quotas, audit },
    // Bounds are for who pays for the machine, not for who works on it.
    mayLimit: async (who) =>
      who === LOCAL_OPERATOR || (who.kind === 'account' && (await accounts.isFounder(who.id))),
  });
  sourceRoutes(mount, { sources, hooks, accept: collector.acceptCall, masks, audit });
  pullRoutes(mount, { pulls, runs: pullRuns, warehouse: collected, masked: openMasked(masks), audit });
  qualityRoutes(mount, {
    ...{ plans, held, quality, audit, people: identity, masked: openMasked(masks) },
    arrivals: openArrivals({ ...base, warehouse: judged, quality, people: identity }),
  });
  cleaningRoutes(mount, { cleaning, masks, audit });
  identityRoutes(mount, {
    ...{ identity, rules: identityRules, decisions, review, folding, jobs, audit, guesses },
    people: openPersonIdentity({ identity, mask: maskIdentifier }),
    factTables: PERSON_TABLES,
  });
  profileRoutes(mount, { profile, audit, guesses });
  promotionRoutes(mount, { promotion, audit });
  segmentRoutes(mount, { segment, audit });
  campaignRoutes(mount, { campaigns, audit });
  await campaignPublicRoutes(http.app, campaigns.reactions);
  insightRoutes(mount, {
    overview: openOverview({ ...base, workspaces }),
    search: openSearch({ profile, guesses, segment, catalog, campaigns: campaigns.names }),
  });
  reportRoutes(mount, openCampaignReport({ ...base, campaigns, promotion }));
  await ingestRoutes(http.app, { collector, sources, quotas });
  await hookRoutes(http.app, {
    sources,
    quotas,
    accept: collector.acceptCall,
    weight: hooks.weight,
    clock,
    publicUrl: () => publicUrl,
  });
  await sdkRoutes(http.app);
  http.app.get(
    '/healthz',
    { schema: { hide: true }, config: { access: 'public' } },
    async (request, reply) => {
      const [lag, disk] = [collector.lag(), await journal.disk()];
      const waiting = { stuckSince: collector.stuckSince(), waitsSince: lag.since, now: clock.now() };
      const storing = { ...waiting, poisonKept: guard.kept() };
      const health = await checkHealth({ ledger: ledger.db, warehouse, disk, storing });
      reply.status(health.status === 'down' ? 503 : 200);
      // Numbers tell how much a shop sends: they are for who watches the server.
      if (!(await mayWatch(request, authenticate).catch(() => false))) return reply.send(health);
      const lagSeconds = lag.since === null ? 0 : Math.max(0, Math.round((clock.now() - lag.since) / 1000));
      return reply.send({
        ...{ ...health, version: VERSION, journalLagBytes: lag.bytes },
        ...{ lagEvents: lag.events, lagSeconds, disk },
        lastHour: {
          quarantined: lastHour.sum('quarantined'),
          rejected: lastHour.sum('rejected'),
          refused: {
            quota: lastHour.sum('refused:quota'),
            overload: lastHour.sum('refused:overload'),
            disk: lastHour.sum('refused:disk'),
            origin: lastHour.sum('refused:origin'),
          },
        },
      });
    },
  );
  http.app.get(
    '/metrics',
    { schema: { hide: true }, config: { access: 'public' } },
    async (_request, reply) => {
      metrics.diskFree.set((await journal.disk()).freeBytes);
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    },
  );

  demo?.attach(mount, ledger.db, {
    catalog,
    collector,
    priceCode: async (code) => {
      const hundred = 100_00;
      const quote = await promotion.quote(DEMO_WORKSPACE, { code, basketCents: hundred });
      return quote.couponName === null ? null : { discountPercent: (quote.discountCents / hundred) * 100 };
    },
    visit: (url, at) => readersClock.at(at, () => visitOwn(url, publicUrl)),
    settled: () => jobs.idle(),
  });
  await demo?.restoreClock();

  let tidying: NodeJS.Timeout | undefined;
  let watching: NodeJS.Timeout | undefined;
  let pulling: NodeJS.Timeout | undefined;
  const pullDue = () =>
    pulls.enqueueDue().catch((error) => log.warn({ err: error }, 'sources could not be looked at'));
  const watchQuality = () =>
    quality.watchAll().catch((error) => log.warn({ err: error }, 'quality could not be watched'));
  /** Files that no import needs any more hold customers' data: they go. */
  const tidyUploads = () =>
    runs.removeOldUploads(clock.now()).then(
      () => {},
      (error) => log.warn({ err: error }, 'old uploads could not be removed'),
    );
  const tidyCalls = () =>
    hooks.tidy().catch((error) => log.warn({ err: error }, 'old calls of webhooks could not be removed'));

  return {
    http,
    warehouse,
    secret,
    jobs,
    bus,
    accounts,
    apiKeys,
    members,
    workspaces,
    sources,
    collector,
    importRuns: runs,
    pulls,
    pullRuns,
    identity,
    folding,
    catalog,
    promotion,
    quality,
    quotas,
    journal,

    /** Begins to store what is in the journal and to work through the queue. */
    async start(): Promise<void> {
      await collector.start();
      await jobs.start();
      await promotion.start();
      await campaigns.start();
      await tidyUploads();
      await tidyCalls();
      tidying = setInterval(() => void Promise.all([tidyUploads(), tidyCalls()]), DAY).unref();
      watching = setInterval(() => void watchQuality(), 5 * MINUTE).unref();
      pulling = setInterval(() => void pullDue(), PULL_LOOK).unref();
    },

    /** Fills the simulated retailer in and lets it live on; `url` is where this server answers. */
    async startDemo(people: number, url: string, progress: (share: number) => void): Promise<void> {
      publicUrl = config.publicUrl ?? url;
      await demo?.start(people, progress);
      await profile.refresh(DEMO_WORKSPACE);
    },

    /** Stops taking in, finishes what is under way, closes the stores. */
    async close(): Promise<void> {
      clearInterval(tidying);
      clearInterval(watching);
      clearInterval(pulling);
      await http.app.close();
      await jobs.close();
      campaigns.close();
      await collector.close();
      await sources.health.flush().catch(() => {});
      await quotas.flush().catch(() => {});
      await ledger.close();
      await warehouse.close();
    },
  };
}
export type App = Awaited<ReturnType<typeof buildApp>>;

/** Fetches an address of this server as a mail program or browser does, without following it elsewhere. */
async function visitOwn(url: string, publicUrl: string): Promise<void> {
  if (!url.startsWith(`${publicUrl}/`)) return;
  const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
  await answer.arrayBuffer();
}
