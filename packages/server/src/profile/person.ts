import { CHANNELS, type Customer, type OrderRow, type TimelineEntry } from '@qianmian/contract';
import { z } from 'zod';
import type { ImputedLines } from '../collect/index.ts';
import type { Identity } from '../identity/index.ts';
import { type Clock, DAY, isoOf, isoOrNull } from '../platform/clock.ts';
import { cursorOf, offsetCursor, pageFrom, placeOf } from '../platform/cursor.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { presentCustomer, type SegmentMembers } from './customers.ts';
import { noCustomer } from './errors.ts';
import type { TimelineKind } from './event-kinds.ts';
import { presentKnownBy } from './known-by.ts';
import { lifecycleStage } from './lifecycle.ts';
import { maskIdentifier, maskProperties, maskValue } from './masking.ts';
import { byOrder, lineKeyOf, orderFacts, presentOrder } from './orders.ts';
import { personWarehouse } from './person.ch.ts';
import { personName } from './person-name.ts';
import type { Refresh } from './refresh.ts';
import type { Tags } from './tags.ts';
import { eventEntry, inOrder, isAfter, orderEntries, withNames } from './timeline.ts';
import { traitValue } from './trait-value.ts';

/** The time of a page's last entry, and its id. */
const timelinePlace = z.tuple([z.number().int(), z.string()]);

const NOTHING_PUT_IN: ReadonlyMap<string, string[]> = new Map();
const at = (time: string) => isoOf(Date.parse(time));

/** One customer, straight from the facts: a page shows what arrived a moment ago. */
export function openPerson(parts: {
  warehouse: Warehouse;
  clock: Clock;
  identity: Pick<Identity, 'whoIs'>;
  refresh: Refresh;
  tags: Tags;
  members: SegmentMembers;
  imputedLines: ImputedLines;
}) {
  const store = personWarehouse(parts.warehouse);

  async function known(workspace: string, number: number) {
    const whose = await parts.identity.whoIs(workspace, number);
    const identifiers = await store.identifiers(workspace, whose);
    if (identifiers.length === 0) throw noCustomer(number);
    return { person: whose.person, whose, identifiers };
  }

  return {
    /** What conditions look at: traits in force, tags carried, channels agreed to, every order line. */
    async facts(workspace: string, number: number) {
      const { person, whose } = await known(workspace, number);
      const [traits, consent, tags, lines] = await Promise.all([
        store.traits(workspace, whose),
        store.consent(workspace, whose),
        store.tags(workspace, whose),
        store.lines(workspace, whose),
      ]);
      return {
        person,
        whose,
        traits: new Map(traits.map((t) => [t.name, traitValue(t.type, t.text)])),
        consent: consent.filter((c) => c.granted === 1).map((c) => c.channel),
        tags: tags.map((t) => t.tag),
        lines: lines.map((l) => ({
          orderId: l.order_id,
          lineKind: l.line_kind,
          time: l.ms,
          channel: l.channel,
          storeId: l.store_id,
          productId: l.product_id,
          brand: l.brand,
          category: l.category,
          quantity: l.quantity,
          netCents: l.net_cents,
        })),
      };
    },

    /** Refuses a number that stands for nobody; answers who it is after merges. */
    mustBe: async (workspace: string, number: number) => (await known(workspace, number)).person,

    async get(workspace: string, number: number, reveal: boolean): Promise<Customer> {
      const whose = await parts.identity.whoIs(workspace, number);
      const { person } = whose;
      const [identifiers, traits, consent, tags, lines, seen, standing, segments, last, labels] =
        await Promise.all([
          store.identifiers(workspace, whose),
          store.traits(workspace, whose),
          store.consent(workspace, whose),
          store.tags(workspace, whose),
          store.lines(workspace, whose),
          store.seen(workspace, whose),
          store.standing(workspace, person),
          parts.members.segmentsOf(workspace, person),
          parts.refresh.last(workspace),
          parts.tags.labels(workspace),
        ]);
      if (identifiers.length === 0) throw noCustomer(number);
      const facts = orderFacts(lines);
      const text = (name: string) => traits.find((t) => t.name === name)?.text ?? '';
      const newest = (type: string) => identifiers.findLast((i) => i.type === type)?.value ?? '';
      // An order after the end of the data, a moment ago: they did not end there.
      const endedAt = last.endedAt !== null && (facts.lastOrderAt ?? 0) <= last.endedAt ? last.endedAt : null;
      const countedTo = endedAt ?? parts.clock.now();
      const daysSince = (time: number) => Math.max(0, Math.floor((countedTo - time) / DAY));
      const lineTimes = lines.map((l) => l.ms);
      const firsts = [
        ...identifiers.map((i) => Date.parse(i.first_seen)),
        ...lineTimes,
        ...(seen.events > 0 ? [seen.first] : []),
      ].filter((t) => t > 0);
      const lasts = [...lineTimes, ...(seen.events > 0 ? [seen.last] : [])];
      const row = presentCustomer(
        {
          person,
          name: personName({ name: text('name'), firstName: text('firstName'), lastName: text('lastName') }),
          email: text('email') || newest('email'),
          phone: text('phone') || newest('phone'),
          city: text('address.city') || text('city'),
          lifecycle: lifecycleStage(
            facts.orders,
            facts.lastOrderAt === null ? 0 : daysSince(facts.lastOrderAt),
            last.days,
          ),
          rfm_group: standing?.rfm_group ?? '',
          recency_score: standing?.recency_score ?? 0,
          frequency_score: standing?.frequency_score ?? 0,
          monetary_score: standing?.monetary_score ?? 0,
          orders: facts.orders,
          spend_cents: facts.spendCents,
          average_order_cents: facts.averageOrderCents,
          returns_cents: facts.returnsCents,
          first_seen_at: firsts.length === 0 ? null : isoOf(firsts.reduce((a, b) => Math.min(a, b))),
          last_seen_at: lasts.length === 0 ? null : isoOf(lasts.reduce((a, b) => Math.max(a, b))),
          first_order_at: isoOrNull(facts.firstOrderAt),
          last_order_at: isoOrNull(facts.lastOrderAt),
        },
        presentKnownBy(identifiers, reveal),
        reveal,
      );
      return {
        ...row,
        masked: !reveal,
        identifiers: identifiers.map((i) => ({
          type: i.type,
          value: reveal ? i.value : maskIdentifier(i.type, i.value),
          firstSeenAt: at(i.first_seen),
        })),
        traits: traits.map((t) => {
          const value = traitValue(t.type, t.text);
          return { name: t.name, value: reveal ? value : maskValue(t.name, value), since: at(t.time) };
        }),
        tags: tags.map((t) => ({ name: t.tag, label: labels.get(t.tag) ?? '', since: at(t.time) })),
        segments,
        consent: [...new Set([...CHANNELS, ...consent.map((c) => c.channel)])].map((channel) => {
          const said = consent.find((c) => c.channel === channel);
          return {
            channel,
            granted: said?.granted === 1,
            since: said ? at(said.time) : null,
            source: said?.source ?? '',
          };
        }),
        favouriteCategories: facts.favouriteCategories,
        favouriteStore: facts.favouriteStore,
        favouriteChannel: facts.favouriteChannel,
        dataEndedAt: isoOrNull(endedAt),
        rfmWhy:
          standing && facts.lastOrderAt !== null
            ? {
                daysSinceLastOrder: daysSince(facts.lastOrderAt),
                recencyRank: standing.below_recency / standing.customers,
                frequencyRank: standing.below_frequency / standing.customers,
                monetaryRank: standing.below_monetary / standing.customers,
                customers: standing.customers,
              }
            : null,
      };
    },

    async timeline(
      workspace: string,
      number: number,
      query: { cursor?: string | undefined; limit: number; kind?: TimelineKind | undefined },
      reveal: boolean,
    ): Promise<{ rows: TimelineEntry[]; nextCursor: string | null; total: null }> {
      const { whose } = await known(workspace, number);
      const place = placeOf(query.cursor, timelinePlace);
      const before = place && { ms: place[0], id: place[1] };
      const isOrderKind = query.kind === 'order' || query.kind === 'return';
      const [events, lines] = await Promise.all([
        isOrderKind
          ? []
          : store.events(workspace, whose, { kind: query.kind ?? '', before, limit: query.limit + 1 }),
        query.kind === undefined || isOrderKind ? store.lines(workspace, whose) : [],
      ]);
      const orders = orderEntries(lines).filter(
        (e) => (!query.kind || e.entry.kind === query.kind) && (!before || isAfter(e, before)),
      );
      const all = inOrder([...events.map(eventEntry), ...orders]);
      const shown = all.slice(0, query.limit);
      const last = shown.at(-1);
      const named = shown.flatMap(({ entry }) => entry.products.map((p) => p.productId));
      const rows = withNames(
        shown.map(({ entry }) => entry),
        await store.productNames(workspace, named),
      );
      return {
        rows: reveal
          ? rows
          : rows.map((entry) => ({ ...entry, properties: maskProperties(entry.properties) })),
        nextCursor: all.length > query.limit && last ? cursorOf([last.ms, last.entry.id]) : null,
        total: null,
      };
    },

    async orders(
      workspace: string,
      number: number,
      query: { cursor?: string | undefined; limit: number },
    ): Promise<{ rows: OrderRow[]; nextCursor: string | null; total: number | null }> {
      const { whose } = await known(workspace, number);
      const offset = offsetCursor(query.cursor);
      // The newest first, by the same moment that is shown; only those of the page are asked about.
      const orders = [...byOrder(await store.lines(workspace, whose))]
        .map(([id, lines]) => ({ id, lines, time: Date.parse(presentOrder(id, lines, NOTHING_PUT_IN).time) }))
        .sort((a, b) => b.time - a.time || (a.id < b.id ? -1 : 1));
      const shown = orders.slice(offset, offset + query.limit + 1);
      const keys = shown.flatMap(({ lines }) => lines.map(lineKeyOf));
      const imputed = keys.length > 0 ? await parts.imputedLines(workspace, keys) : NOTHING_PUT_IN;
      return pageFrom(
        shown.map(({ id, lines }) => presentOrder(id, lines, imputed)),
        { limit: query.limit, offset },
        orders.length,
      );
    },
  };
}
