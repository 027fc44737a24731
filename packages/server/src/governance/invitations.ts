import { randomUUID } from 'node:crypto';
import type { invitation, Role } from '@qianmian/contract';
import type { z } from 'zod';
import { type Clock, DAY } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import { isUniqueViolation, type Ledger } from '../platform/ledger.ts';
import { hashOf, makeToken } from '../platform/secret.ts';
import type { Accounts } from './accounts.ts';
import { accountExists, linkOver, memberExists } from './errors.ts';
import { type Link, linkOf } from './link.ts';
import { onlyOwnersTouchOwners, withMembership } from './roles.ts';
import type { GovernanceTables } from './store.pg.ts';

type Row = GovernanceTables['governance_invitation'];
type Invitation = z.infer<typeof invitation>;

const PREFIX = 'qmi_';
const VALID = 7 * DAY;

/**
 * Invitations into a workspace. Who manages one workspace can make no account that lets them into another: the password
 * is the person's, and a membership begins when its own link is used by who knows the account's password.
 */
export function openInvitations(parts: { ledger: Ledger; clock: Clock; accounts: Accounts }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  const now = () => new Date(parts.clock.now());

  async function inForce(token: string) {
    const row = await db
      .selectFrom('governance_invitation as i')
      .innerJoin('governance_workspace as w', 'w.id', 'i.workspace')
      .selectAll('i')
      .select('w.name as workspaceName')
      .where('i.token_hash', '=', hashOf(token))
      .where('i.expires_at', '>', now())
      .executeTakeFirst();
    if (!row) throw linkOver();
    return row;
  }

  return {
    isOne: (token: string) => token.startsWith(PREFIX),

    async list(workspace: string): Promise<Invitation[]> {
      const rows = await db
        .selectFrom('governance_invitation')
        .selectAll()
        .where('workspace', '=', workspace)
        .orderBy('created_at', 'desc')
        .orderBy('email')
        .execute();
      return rows.map(present);
    },

    /** Invites a person; asked again, a new link takes the place of the one before. */
    async make(
      who: Principal,
      workspace: string,
      draft: { email: string; name: string; role: Role },
    ): Promise<Invitation & { hasAccount: boolean; link: Link }> {
      const account = await parts.accounts.byEmail(draft.email);
      const { token, hash } = makeToken(PREFIX);
      const row = {
        ...draft,
        id: randomUUID(),
        workspace,
        token_hash: hash,
        invited_by: who.name,
        created_at: now(),
        expires_at: new Date(parts.clock.now() + VALID),
      };
      await withMembership(db, workspace, async (trx) => {
        const before = await trx
          .selectFrom('governance_invitation')
          .select('role')
          .where('workspace', '=', workspace)
          .where('email', '=', draft.email)
          .executeTakeFirst();
        await onlyOwnersTouchOwners(trx, who, workspace, [draft.role, before?.role]);
        const member = await trx
          .selectFrom('governance_membership')
          .select('role')
          .where('workspace', '=', workspace)
          .where('account_id', '=', account?.id ?? '')
          .executeTakeFirst();
        if (member) throw memberExists(draft.email);
        await trx
          .insertInto('governance_invitation')
          .values(row)
          .onConflict((c) => c.columns(['workspace', 'email']).doUpdateSet(row))
          .execute();
      });
      return { ...present(row), hasAccount: account !== undefined, link: linkOf(token, row.expires_at) };
    },

    async withdraw(who: Principal, workspace: string, id: string): Promise<void> {
      await withMembership(db, workspace, async (trx) => {
        const gone = await trx
          .deleteFrom('governance_invitation')
          .where('workspace', '=', workspace)
          .where('id', '=', id)
          .returning('role')
          .executeTakeFirst();
        if (!gone) throw notFound('invitation', id);
        await onlyOwnersTouchOwners(trx, who, workspace, [gone.role]);
      });
    },

    async read(token: string) {
      const row = await inForce(token);
      return {
        email: row.email,
        name: row.name,
        expiresAt: row.expires_at,
        workspace: { id: row.workspace, name: row.workspaceName, role: row.role },
        hasAccount: (await parts.accounts.byEmail(row.email)) !== undefined,
      };
    },

    /**
     * Uses an invitation: a new account gets the password given, one there is must be proven by it. Answers who joined
     * what.
     */
    async redeem(
      token: string,
      given: { password: string; name?: string | undefined; address: string },
    ): Promise<{ accountId: string; email: string; workspace: string }> {
      const { email, name } = await inForce(token);
      const known = (await parts.accounts.byEmail(email))
        ? await parts.accounts.prove(email, given.password, given.address)
        : null;
      const hash = known ? null : await parts.accounts.hashPassword(given.password);
      const accountId = known?.id ?? randomUUID();
      const joined = db.transaction().execute(async (trx) => {
        const used = await trx
          .deleteFrom('governance_invitation')
          .where('token_hash', '=', hashOf(token))
          .where('expires_at', '>', now())
          .returning(['workspace', 'role'])
          .executeTakeFirst();
        if (!used) throw linkOver();
        if (hash)
          await trx
            .insertInto('governance_account')
            .values({
              id: accountId,
              email,
              name: given.name ?? name,
              password_hash: hash,
              created_at: now(),
            })
            .execute();
        await trx
          .insertInto('governance_membership')
          .values({ workspace: used.workspace, account_id: accountId, role: used.role, created_at: now() })
          .onConflict((c) => c.doNothing())
          .execute();
        return { accountId, email, workspace: used.workspace };
      });
      return joined.catch((error) => {
        throw isUniqueViolation(error) ? accountExists(email) : error;
      });
    },
  };
}
export type Invitations = ReturnType<typeof openInvitations>;

function present(row: Row): Invitation {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    invitedBy: row.invited_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}
