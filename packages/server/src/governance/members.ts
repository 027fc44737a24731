import type { member, Role } from '@qianmian/contract';
import type { Transaction } from 'kysely';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Accounts } from './accounts.ts';
import { memberElsewhere } from './errors.ts';
import { openInvitations } from './invitations.ts';
import type { Link } from './link.ts';
import { keepAnOwner, LOCAL_OPERATOR, onlyOwnersTouchOwners, roleIn, withMembership } from './roles.ts';
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

  return {
    list,
    invitations: openInvitations(parts),

    /** A workspace made from the command line belongs to the installation's first account. */
    async adopt(workspace: string): Promise<void> {
      const first = await db
        .selectFrom('governance_account')
        .select('id')
        .orderBy('founder', 'desc')
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

    async change(who: Principal, workspace: string, id: string, role: Role): Promise<Member> {
      await withMembership(db, workspace, async (trx) => {
        const before = await roleIn(trx, workspace, id);
        if (!before) throw notFound('member', id);
        await onlyOwnersTouchOwners(trx, who, workspace, [before, role]);
        if (before === 'owner' && role !== 'owner') await keepAnOwner(trx, workspace, id);
        await trx
          .updateTable('governance_membership')
          .set({ role })
          .where('workspace', '=', workspace)
          .where('account_id', '=', id)
          .execute();
      });
      return one(workspace, id);
    },

    /** Takes a person out; whoever is left in no workspace is signed out everywhere. */
    async remove(who: Principal, workspace: string, id: string): Promise<void> {
      await withMembership(db, workspace, async (trx) => {
        const before = await roleIn(trx, workspace, id);
        if (!before) throw notFound('member', id);
        await onlyOwnersTouchOwners(trx, who, workspace, [before]);
        if (before === 'owner') await keepAnOwner(trx, workspace, id);
        await trx
          .deleteFrom('governance_membership')
          .where('workspace', '=', workspace)
          .where('account_id', '=', id)
          .execute();
        await endIfNowhere(trx, id);
      });
    },

    /**
     * A link to a new password opens the account everywhere, so that only who manages the person in every workspace
     * may make one; the founder's is made on the server's machine.
     */
    async makePasswordLink(who: Principal, workspace: string, id: string): Promise<Link> {
      const at = parts.clock.now();
      const roles = await parts.accounts.rolesOf(id);
      if (!roles.some((r) => r.workspace === workspace)) throw notFound('member', id);
      for (const { workspace: home, role } of roles) {
        if (!who.permissionsIn(home)?.has('settings.write')) throw memberElsewhere();
        await onlyOwnersTouchOwners(db, who, home, [role]);
      }
      const isFounder = (await parts.accounts.byId(id)).founder;
      if (isFounder && who !== LOCAL_OPERATOR && who.id !== id) throw memberElsewhere();
      return parts.accounts.passwordLinks.make(id, at);
    },
  };
}
export type Members = ReturnType<typeof openMembers>;

async function endIfNowhere(trx: Transaction<GovernanceTables>, accountId: string): Promise<void> {
  const left = await trx
    .selectFrom('governance_account as a')
    .leftJoin('governance_membership as m', 'm.account_id', 'a.id')
    .select('a.id')
    .where('a.id', '=', accountId)
    .where((e) => e.or([e('a.founder', '=', true), e('m.workspace', 'is not', null)]))
    .executeTakeFirst();
  if (left) return;
  await trx.deleteFrom('governance_session').where('account_id', '=', accountId).execute();
  await trx.deleteFrom('governance_password_link').where('account_id', '=', accountId).execute();
}
