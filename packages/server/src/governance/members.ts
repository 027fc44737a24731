import type { member, Role } from '@qianmian/contract';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { AppError, notFound } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Accounts } from './accounts.ts';
import type { GovernanceTables } from './store.pg.ts';

type Member = z.infer<typeof member>;

/** Who may enter a workspace, and as what. A workspace always keeps an owner. */
export function openMembers(parts: { ledger: Ledger; clock: Clock; accounts: Accounts }) {
  const db = parts.ledger.withTables<GovernanceTables>();

  async function list(workspace: string): Promise<Member[]> {
    const rows = await db
      .selectFrom('governance_membership as m')
      .innerJoin('governance_account as a', 'a.id', 'm.account_id')
      .leftJoin('governance_session as s', 's.account_id', 'a.id')
      .select(({ fn }) => [
        'a.id',
        'a.email',
        'a.name',
        'm.role',
        'm.created_at',
        fn.max('s.last_seen_at').as('seen'),
      ])
      .where('m.workspace', '=', workspace)
      .groupBy(['a.id', 'a.email', 'a.name', 'm.role', 'm.created_at'])
      .orderBy('m.created_at')
      .orderBy('a.email')
      .execute();
    return rows.map((r) => ({
      id: r.id,
      email: r.email,
      name: r.name,
      role: r.role,
      createdAt: r.created_at.toISOString(),
      lastSeenAt: r.seen ? new Date(r.seen).toISOString() : null,
    }));
  }

  async function one(workspace: string, id: string): Promise<Member> {
    const found = (await list(workspace)).find((m) => m.id === id);
    if (!found) throw notFound('member', id);
    return found;
  }

  async function keepAnOwner(workspace: string, leaving: string): Promise<void> {
    const owners = (await list(workspace)).filter((m) => m.role === 'owner');
    if (owners.length === 1 && owners[0]?.id === leaving)
      throw new AppError({
        code: 'member.last_owner',
        status: 409,
        detail: 'This is the only owner; make someone else an owner first.',
      });
  }

  return {
    list,
    one,

    /** The caller's own role, when the caller is a person. */
    async roleOf(workspace: string, who: Principal): Promise<Role | null> {
      if (who.kind !== 'account') return null;
      return (await list(workspace)).find((m) => m.id === who.id)?.role ?? null;
    },

    /** A workspace made from the command line belongs to the installation's first account. */
    async adopt(workspace: string): Promise<void> {
      const first = await db
        .selectFrom('governance_account')
        .select('id')
        .orderBy('created_at')
        .limit(1)
        .executeTakeFirst();
      if (!first) return;
      await db
        .insertInto('governance_membership')
        .values({ workspace, account_id: first.id, role: 'owner', created_at: new Date(parts.clock.now()) })
        .onConflict((c) => c.doNothing())
        .execute();
    },

    async add(
      workspace: string,
      draft: { email: string; name: string; role: Role; password?: string },
    ): Promise<Member> {
      let account = (await parts.accounts.byEmail(draft.email))?.id;
      if (!account) {
        if (!draft.password)
          throw new AppError({
            code: 'member.password_needed',
            status: 400,
            detail: 'This e-mail has no account yet: give a first password of at least 10 characters.',
            fields: { password: 'is needed for a new account' },
          });
        account = await parts.accounts.create({
          email: draft.email,
          name: draft.name,
          password: draft.password,
        });
      }
      await db
        .insertInto('governance_membership')
        .values({ workspace, account_id: account, role: draft.role, created_at: new Date(parts.clock.now()) })
        .onConflict((c) => c.columns(['workspace', 'account_id']).doUpdateSet({ role: draft.role }))
        .execute();
      return one(workspace, account);
    },

    async change(workspace: string, id: string, role: Role): Promise<Member> {
      await one(workspace, id);
      if (role !== 'owner') await keepAnOwner(workspace, id);
      await db
        .updateTable('governance_membership')
        .set({ role })
        .where('workspace', '=', workspace)
        .where('account_id', '=', id)
        .execute();
      return one(workspace, id);
    },

    async remove(workspace: string, id: string): Promise<void> {
      await one(workspace, id);
      await keepAnOwner(workspace, id);
      await db
        .deleteFrom('governance_membership')
        .where('workspace', '=', workspace)
        .where('account_id', '=', id)
        .execute();
    },
  };
}
export type Members = ReturnType<typeof openMembers>;
