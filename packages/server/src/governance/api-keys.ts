import { randomUUID } from 'node:crypto';
import type { apiKey, Role } from '@qianmian/contract';
import type { z } from 'zod';
import { type Clock, isoOrNull, MINUTE } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import { hashOf, makeToken } from '../platform/secret.ts';
import { permissionsOf } from './roles.ts';
import type { GovernanceTables } from './store.pg.ts';

type ApiKey = z.infer<typeof apiKey>;

/** Keys programs call with; a key belongs to one workspace and has a role there. */
export function openApiKeys(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  return {
    async list(workspace: string): Promise<ApiKey[]> {
      const rows = await db
        .selectFrom('governance_api_key')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(present);
    },

    /** Makes a key; the secret is in the answer and nowhere else. */
    async create(
      workspace: string,
      draft: { name: string; role: Role },
    ): Promise<ApiKey & { secret: string }> {
      const { token, hash } = makeToken('qmk_');
      const row = {
        id: randomUUID(),
        workspace,
        name: draft.name,
        role: draft.role,
        prefix: token.slice(0, 10),
        secret_hash: hash,
        created_at: new Date(parts.clock.now()),
        last_used_at: null,
      };
      await db.insertInto('governance_api_key').values(row).execute();
      return { ...present(row), secret: token };
    },

    async remove(workspace: string, id: string): Promise<void> {
      const gone = await db
        .deleteFrom('governance_api_key')
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .executeTakeFirst();
      if (Number(gone.numDeletedRows) === 0) throw notFound('api_key', id);
    },

    /** Who a key belongs to; null when it is unknown or revoked. */
    async principalOf(secret: string): Promise<Principal | null> {
      const row = await db
        .selectFrom('governance_api_key')
        .selectAll()
        .where('secret_hash', '=', hashOf(secret))
        .executeTakeFirst();
      if (!row) return null;
      const now = parts.clock.now();
      if (!row.last_used_at || now - row.last_used_at.getTime() > 5 * MINUTE)
        await db
          .updateTable('governance_api_key')
          .set({ last_used_at: new Date(now) })
          .where('id', '=', row.id)
          .execute();
      return {
        kind: 'apiKey',
        id: row.id,
        name: `key ${row.name}`,
        permissionsIn: (w) => (w === row.workspace ? permissionsOf(row.role) : null),
      };
    },
  };
}
export type ApiKeys = ReturnType<typeof openApiKeys>;

function present(row: GovernanceTables['governance_api_key']): ApiKey {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    prefix: row.prefix,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: isoOrNull(row.last_used_at),
  };
}
