import { randomUUID } from 'node:crypto';
import type { savedMapping } from '@qianmian/contract';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import { parseMapping } from './files/index.ts';
import type { CollectTables } from './store.pg.ts';

type SavedMapping = z.infer<typeof savedMapping>;

/** Column mappings kept under a name, for the next file of the same kind. */
export function openMappings(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<CollectTables>();
  const present = (r: {
    id: string;
    name: string;
    mapping: Record<string, unknown>;
    created_at: Date;
  }): SavedMapping => ({
    id: r.id,
    name: r.name,
    mapping: r.mapping,
    createdAt: r.created_at.toISOString(),
  });
  return {
    async list(workspace: string): Promise<SavedMapping[]> {
      const rows = await db
        .selectFrom('collect_mapping')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('name')
        .execute();
      return rows.map(present);
    },

    async save(workspace: string, name: string, mapping: Record<string, unknown>): Promise<SavedMapping> {
      const checked = JSON.stringify(parseMapping(mapping));
      const row = await db
        .insertInto('collect_mapping')
        .values({
          id: randomUUID(),
          workspace,
          name,
          mapping: checked,
          created_at: new Date(parts.clock.now()),
        })
        .onConflict((c) => c.columns(['workspace', 'name']).doUpdateSet({ mapping: checked }))
        .returningAll()
        .executeTakeFirstOrThrow();
      return present(row);
    },

    async remove(workspace: string, id: string): Promise<void> {
      const gone = await db
        .deleteFrom('collect_mapping')
        .where('workspace', '=', workspace)
        .where('id', '=', id)
        .executeTakeFirst();
      if (Number(gone.numDeletedRows) === 0) throw notFound('mapping', id);
    },
  };
}
export type Mappings = ReturnType<typeof openMappings>;
