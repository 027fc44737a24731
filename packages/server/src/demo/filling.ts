import type { KnownName, NameKind } from '@qianmian/contract';
import { createWorld, history, type PlayState, type World, type WorldOptions } from '@qianmian/simulator';
import type { Catalog } from '../catalog/index.ts';
import type { Collector, Fact } from '../collect/index.ts';
import { factsOfMessage } from '../collect/index.ts';

/** Facts stored at once while the history is filled in. */
const CHUNK = 15_000;

/** What the categories, brands and cities of a world are called in both languages. */
export function namesOf(world: World): KnownName[] {
  const names = new Map<string, KnownName>();
  const say = (kind: NameKind, key: string, nameZh: string, name: string) =>
    names.set(`${kind}:${key}`, { kind, key, name, nameZh });
  for (const p of world.products) {
    for (const [zh, en] of p.categoryPath) say('category', en, zh, en);
    say('brand', p.brand, p.brand, p.brandEn);
  }
  for (const s of world.stores) say('city', s.cityZh, s.cityZh, s.city);
  return [...names.values()];
}

/** What the retailer's shop system knows of its products and stores. */
export async function fillCatalogue(world: World, workspace: string, catalog: Catalog): Promise<void> {
  const origin = { importId: '', version: 1, token: '' };
  await catalog.upsertProducts(
    workspace,
    world.products.map((p) => ({
      productId: p.productId,
      name: p.nameEn,
      nameZh: p.nameZh,
      brand: p.brand,
      category: p.categoryPath.map(([, en]) => en),
      priceCents: p.priceCents,
      costCents: p.costCents,
    })),
    origin,
  );
  await catalog.upsertStores(
    workspace,
    world.stores.map((s) => ({
      storeId: s.storeId,
      name: s.nameEn,
      nameZh: s.nameZh,
      city: s.cityZh,
      country: s.country,
      latitude: s.lat,
      longitude: s.lon,
      timeZone: s.timeZone,
    })),
    origin,
  );
  await catalog.setNames(workspace, namesOf(world), origin.version);
}

/**
 * Fills a workspace with a world's history; answers the state from which the world can be played on. Run again after a
 * crash it stores the same messages under the same ids, so that nothing is there twice.
 */
export async function fillHistory(
  options: WorldOptions,
  workspace: string,
  parts: {
    catalog: Catalog;
    collector: Collector;
    progress: (share: number) => void;
    /** Chunks that are stored already; they are simulated again, but not stored. */
    filled: number;
    /** Told after each chunk how many are stored. */
    onFilled: (chunks: number) => Promise<void>;
  },
): Promise<PlayState> {
  const world = createWorld(options);
  await fillCatalogue(world, workspace, parts.catalog);
  const days = history(world);
  let facts: Fact[] = [];
  let chunk = 0;
  let pending: Promise<unknown> = Promise.resolve();
  const store = async (receivedAt: number) => {
    const token = `demo:${chunk}`;
    const batch = facts;
    chunk += 1;
    facts = [];
    if (chunk <= parts.filled) return;
    const done = chunk;
    // One chunk is stored while the next is simulated.
    await pending;
    pending = parts.collector
      .store({ workspace, source: 'simulator', importId: '', receivedAt, token, facts: batch })
      .then(() => parts.onFilled(done));
  };
  for (let day = 0; ; day++) {
    const step = days.next();
    if (step.done) {
      await store(Date.now());
      await pending;
      return step.value;
    }
    const receivedAt = world.calendar.startMs(day + 1);
    for (const message of step.value.messages) {
      const made = factsOfMessage(message, {
        receivedAt,
        sentAt: null,
        currency: options.currency,
        messageId: () => '',
      });
      if (Array.isArray(made)) for (const fact of made) facts.push(fact);
    }
    if (facts.length >= CHUNK) await store(receivedAt);
    parts.progress((day + 1) / options.days);
  }
}
