import { randomUUID } from 'node:crypto';
import type { source } from '@qianmian/contract';
import type { z } from 'zod';
import { type Clock, SECOND } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import { makeToken } from '../platform/secret.ts';
import type { CollectWarehouse } from './store.ch.ts';
import type { CollectTables } from './store.pg.ts';

type Source = z.infer<typeof source>;
/** How long a revoked key may still be honoured by another process. */
const TRUST = 30 * SECOND;
/** Keys remembered at once; those asked for longest ago are forgotten first. */
const REMEMBERED_KEYS = 10_000;
/** The form of the keys we make; anything else is unknown without asking the ledger. */
const KEY_FORM = /^qmw_[\w-]{8,80}$/;

/** Places events come from, each with a write key. */
export function openSources(parts: { ledger: Ledger; warehouse: CollectWarehouse; clock: Clock }) {
  const db = parts.ledger.withTables<CollectTables>();
  const keys = new Map<string, { workspace: string; sourceId: string; until: number } | { until: number }>();

  async function create(workspace: string, name: string): Promise<string> {
    const id = `src_${randomUUID().slice(0, 13).replaceAll('-', '')}`;
    await db
      .insertInto('collect_source')
      .values({
        id,
        workspace,
        name,
        write_key: makeToken('qmw_').token,
        created_at: new Date(parts.clock.now()),
        revoked_at: null,
      })
      .execute();
    return id;
  }

  async function list(workspace: string): Promise<Source[]> {
    const [rows, counts] = await Promise.all([
      db
        .selectFrom('collect_source')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('revoked_at', 'is', null)
        .orderBy('created_at')
        .execute(),
      parts.warehouse.countsBySource(workspace),
    ]);
    const counted = new Map(counts.map((c) => [c.source, c]));
    return rows.map((r) => ({
      id: r.id,
      name: r.name,
      writeKey: r.write_key,
      createdAt: r.created_at.toISOString(),
      lastEventAt: counted.get(r.id)?.last ?? null,
      events: counted.get(r.id)?.events ?? 0,
    }));
  }

  return {
    create,
    list,

    async one(workspace: string, id: string): Promise<Source> {
      const found = (await list(workspace)).find((s) => s.id === id);
      if (!found) throw notFound('source', id);
      return found;
    },

    async revoke(workspace: string, id: string): Promise<void> {
      const changed = await db
        .updateTable('collect_source')
        .set({ revoked_at: new Date(parts.clock.now()) })
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (Number(changed.numUpdatedRows) === 0) throw notFound('source', id);
      keys.clear();
    },

    /** Where a write key leads; null when it is unknown or revoked. */
    async byKey(writeKey: string): Promise<{ workspace: string; sourceId: string } | null> {
      if (!KEY_FORM.test(writeKey)) return null;
      const now = Date.now();
      const known = keys.get(writeKey);
      if (known && known.until > now) return 'workspace' in known ? known : null;
      const row = await db
        .selectFrom('collect_source')
        .select(['id', 'workspace'])
        .where('write_key', '=', writeKey)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (keys.size >= REMEMBERED_KEYS)
        for (const oldest of keys.keys()) {
          keys.delete(oldest);
          break;
        }
      keys.set(
        writeKey,
        row ? { workspace: row.workspace, sourceId: row.id, until: now + TRUST } : { until: now + SECOND },
      );
      return row ? { workspace: row.workspace, sourceId: row.id } : null;
    },
  };
}
export type Sources = ReturnType<typeof openSources>;
