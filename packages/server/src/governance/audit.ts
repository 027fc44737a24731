import type { auditEntry } from '@qianmian/contract';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { GovernanceTables } from './store.pg.ts';

/** The record of who did what; entries are only ever added. */
export function openAudit(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<GovernanceTables>();

  /** What targets are called: accounts by their own name, all else by what an entry said of it last. */
  async function namesOf(workspace: string, targets: string[]): Promise<Map<string, string>> {
    if (targets.length === 0) return new Map();
    const [said, accounts] = await Promise.all([
      db
        .selectFrom('governance_audit')
        .select(['target', sql<string>`detail->>'name'`.as('name')])
        .where('workspace', '=', workspace)
        .where('target', 'in', targets)
        .where(sql<boolean>`detail->>'name' IS NOT NULL`)
        .orderBy('id')
        .execute(),
      db.selectFrom('governance_account').select(['id', 'name']).where('id', 'in', targets).execute(),
    ]);
    return new Map([
      ...said.map((r) => [r.target, r.name] as const),
      ...accounts.map((r) => [r.id, r.name] as const),
    ]);
  }

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

    /** Whether one of these actions on a target was ever noted. */
    async isNoted(workspace: string, target: string, actions: readonly string[]): Promise<boolean> {
      const row = await db
        .selectFrom('governance_audit')
        .select('id')
        .where('workspace', '=', workspace)
        .where('target', '=', target)
        .where('action', 'in', [...actions])
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
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
      const names = await namesOf(workspace, [...new Set(rows.map((r) => r.target))]);
      return rows.map((r) => ({
        id: String(r.id),
        at: r.at.toISOString(),
        actor: r.actor,
        action: r.action,
        target: r.target,
        targetName: names.get(r.target) ?? null,
        detail: r.detail as Record<string, unknown>,
      }));
    },
  };
}
export type Audit = ReturnType<typeof openAudit>;
