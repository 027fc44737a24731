import type { auditEntry } from '@qianmian/contract';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { GovernanceTables } from './store.pg.ts';

/** The record of who did what; entries are only ever added. */
export function openAudit(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  return {
    /** Notes an action. `detail` must hold no secret and no personal data: it is read by other people. */
    async note(
      workspace: string,
      who: Principal | 'system',
      action: string,
      target: string,
      detail: Record<string, unknown> = {},
    ): Promise<void> {
      await db
        .insertInto('governance_audit')
        .values({
          workspace,
          at: new Date(parts.clock.now()),
          actor: who === 'system' ? 'system' : who.name,
          action,
          target,
          detail: JSON.stringify(detail),
        })
        .execute();
    },

    async list(
      workspace: string,
      page: { limit: number; offset: number },
    ): Promise<z.infer<typeof auditEntry>[]> {
      const rows = await db
        .selectFrom('governance_audit')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('id', 'desc')
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      return rows.map((r) => ({
        id: String(r.id),
        at: r.at.toISOString(),
        actor: r.actor,
        action: r.action,
        target: r.target,
        detail: r.detail as Record<string, unknown>,
      }));
    },
  };
}
export type Audit = ReturnType<typeof openAudit>;
