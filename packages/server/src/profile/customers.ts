import { Readable } from 'node:stream';
import {
  type CustomerRow,
  type KnownBy,
  type LifecycleStage,
  personId,
  type RfmGroup,
} from '@qianmian/contract';
import { z } from 'zod';
import { isoOrNull } from '../platform/clock.ts';
import { csvLine } from '../platform/csv.ts';
import { cursorOf, placeOf } from '../platform/cursor.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import {
  type CustomerFilter,
  type CustomerPlace,
  customersWarehouse,
  type PersonRow,
} from './customers.ch.ts';
import { maskedSort } from './errors.ts';
import type { Names } from './known-by.ts';
import { maskEmail, maskName, maskPhone } from './masking.ts';
import type { SqlSource } from './sql-source.ts';

/** Who is in a segment, by its id; segments stand to the right and hand this in. */
export interface SegmentMembers {
  source(workspace: string, segmentId: string): Promise<SqlSource>;
  segmentsOf(workspace: string, person: number): Promise<{ id: string; name: string }[]>;
}

const EXPORT_CHUNK = 20_000;
/** The last row of a page: what it is sorted by, and the person. */
const byName = z.tuple([z.string(), personId]);
const byNumber = z.tuple([z.number().int(), personId]);

function allowSort({ sort }: Pick<CustomerFilter, 'sort'>, reveal: boolean): void {
  if (sort === 'name' && !reveal) throw maskedSort();
}

const COLUMNS: readonly (keyof CustomerRow)[] = [
  'personId',
  'name',
  'knownBy',
  'email',
  'phone',
  'city',
  'lifecycle',
  'rfmGroup',
  'recencyScore',
  'frequencyScore',
  'monetaryScore',
  'orders',
  'spendCents',
  'averageOrderCents',
  'returnsCents',
  'firstSeenAt',
  'lastSeenAt',
  'firstOrderAt',
  'lastOrderAt',
];

/** A computed row as the API shows it; name, e-mail and phone are masked for who may not reveal them. */
export function presentCustomer(row: PersonRow, knownBy: KnownBy | null, reveal: boolean): CustomerRow {
  const scored = (score: number) => (score === 0 ? null : score);
  const time = (t: string | null) => isoOrNull(t === null ? null : Date.parse(t));
  return {
    personId: row.person,
    name: reveal ? row.name : maskName(row.name),
    knownBy: row.name ? null : knownBy,
    email: reveal ? row.email : maskEmail(row.email),
    phone: reveal ? row.phone : maskPhone(row.phone),
    city: row.city,
    lifecycle: row.lifecycle as LifecycleStage,
    rfmGroup: row.rfm_group === '' ? null : (row.rfm_group as RfmGroup),
    recencyScore: scored(row.recency_score),
    frequencyScore: scored(row.frequency_score),
    monetaryScore: scored(row.monetary_score),
    orders: row.orders,
    spendCents: row.spend_cents,
    averageOrderCents: row.average_order_cents,
    returnsCents: row.returns_cents,
    firstSeenAt: time(row.first_seen_at),
    lastSeenAt: time(row.last_seen_at),
    firstOrderAt: time(row.first_order_at),
    lastOrderAt: time(row.last_order_at),
  };
}

/** The list of customers. */
export function openCustomers(parts: { warehouse: Warehouse; members: SegmentMembers; names: Names }) {
  const store = customersWarehouse(parts.warehouse);
  const withinOf = (workspace: string, segment: string | undefined) =>
    segment ? parts.members.source(workspace, segment) : Promise.resolve(null);

  /** Rows as the API shows them, those without a name with what they are known by. */
  async function present(workspace: string, rows: readonly PersonRow[], reveal: boolean) {
    const nameless = rows.filter((row) => row.name === '').map((row) => row.person);
    const known = await parts.names.knownBy(workspace, nameless, reveal);
    return rows.map((row) => presentCustomer(row, known.get(row.person) ?? null, reveal));
  }

  async function* csvOf(
    workspace: string,
    filter: CustomerFilter,
    within: SqlSource | null,
    reveal: boolean,
  ) {
    yield `\uFEFF${csvLine(COLUMNS)}`;
    let after: CustomerPlace | null = null;
    for (;;) {
      const rows: (PersonRow & { sort_key: string | number })[] = await store.page(workspace, filter, {
        after,
        within,
        reveal,
        limit: EXPORT_CHUNK,
      });
      if (rows.length > 0)
        yield (await present(workspace, rows, reveal))
          .map((row) => csvLine(COLUMNS.map((c) => (c === 'knownBy' ? row.knownBy?.value : row[c]) ?? null)))
          .join('');
      const last = rows.at(-1);
      if (!last || rows.length < EXPORT_CHUNK) return;
      after = [last.sort_key, last.person];
    }
  }

  return {
    async list(
      workspace: string,
      query: CustomerFilter & { cursor?: string | undefined; limit: number },
      reveal: boolean,
    ) {
      allowSort(query, reveal);
      const form: z.ZodType<CustomerPlace> = query.sort === 'name' ? byName : byNumber;
      const after = placeOf(query.cursor, form);
      const within = await withinOf(workspace, query.segment);
      const [total, rows] = await Promise.all([
        store.count(workspace, query, within, reveal),
        store.page(workspace, query, { after, within, reveal, limit: query.limit + 1 }),
      ]);
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        rows: await present(workspace, shown, reveal),
        nextCursor: rows.length > query.limit && last ? cursorOf([last.sort_key, last.person]) : null,
        total,
      };
    },

    /** The whole list as CSV, in pieces. */
    async exportCsv(workspace: string, filter: CustomerFilter, reveal: boolean): Promise<Readable> {
      allowSort(filter, reveal);
      const within = await withinOf(workspace, filter.segment);
      return Readable.from(csvOf(workspace, filter, within, reveal));
    },

    /** The rows of these people, in the order given; who is not computed yet is left out. */
    async byIds(workspace: string, people: readonly number[], reveal: boolean): Promise<CustomerRow[]> {
      if (people.length === 0) return [];
      const found = await present(workspace, await store.byIds(workspace, [...people]), reveal);
      const rows = new Map(found.map((row) => [row.personId, row]));
      return people.flatMap((person) => rows.get(person) ?? []);
    },
  };
}
