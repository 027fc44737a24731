import type { DuplicateSide } from '@qianmian/contract';
import { isoOrNull } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { customersWarehouse, type PortraitRow } from './customers.ch.ts';
import { maskEmail, maskName, maskPhone, maskValue } from './masking.ts';

const ROWS_A_READ = 10_000;

/** What identity needs to know of people to find those who are probably one. */
export function openDuplicates(parts: { warehouse: Warehouse }) {
  const store = customersWarehouse(parts.warehouse);
  return {
    /** Everyone as computed last, in parts. */
    async *portraits(workspace: string): AsyncGenerator<PortraitRow[]> {
      for (let after = 0; ; ) {
        const rows = await store.portraits(workspace, after, ROWS_A_READ);
        if (rows.length > 0) yield rows;
        if (rows.length < ROWS_A_READ) return;
        after = rows.at(-1)!.person;
      }
    },

    /** Some people as they are shown beside each other. */
    async sides(workspace: string, people: readonly number[], reveal: boolean): Promise<DuplicateSide[]> {
      if (people.length === 0) return [];
      return (await store.portraitsOf(workspace, people)).map((row) => ({
        personId: row.person,
        name: reveal ? row.name : maskName(row.name),
        phone: reveal ? row.phone : maskPhone(row.phone),
        email: reveal ? row.email : maskEmail(row.email),
        birthday: reveal ? row.birthday : String(maskValue('birthday', row.birthday)),
        gender: row.gender,
        city: row.city,
        address: reveal ? row.address : String(maskValue('address', row.address)),
        orders: row.orders,
        spendCents: row.spend_cents,
        lastSeenAt: isoOrNull(row.last_seen_at === null ? null : Date.parse(row.last_seen_at)),
      }));
    },
  };
}
