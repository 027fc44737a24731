import { randomUUID } from 'node:crypto';
import { type Membership, PERMISSIONS_OF_ROLE, type Role } from '@qianmian/contract';
import type { Selectable } from 'kysely';
import { type Clock, DAY, MINUTE } from '../platform/clock.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import { hashOf, makeToken } from '../platform/secret.ts';
import { noWorkspace, wrongCurrentPassword, wrongPassword } from './errors.ts';
import { homeCountry } from './home-country.ts';
import { openPasswordLinks } from './password-links.ts';
import { openPasswords } from './passwords.ts';
import { permissionsOf } from './roles.ts';
import type { GovernanceTables } from './store.pg.ts';
import { openTries } from './tries.ts';

const SESSION_DAYS = 30;
type Account = Selectable<GovernanceTables['governance_account']>;

/** People who sign in, and their sessions. */
export function openAccounts(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  const now = () => new Date(parts.clock.now());
  const passwords = openPasswords();
  const tries = openTries(parts.clock);

  /** Runs a check of a password as one try, counted from before it begins until it succeeds. */
  async function asTry(email: string, address: string, check: () => Promise<boolean>): Promise<boolean> {
    const attempt = tries(email, address);
    const right = await check().catch((error) => {
      attempt.withdrawn();
      throw error;
    });
    if (right) attempt.succeeded();
    return right;
  }

  async function byEmail(email: string): Promise<Account | undefined> {
    return db.selectFrom('governance_account').selectAll().where('email', '=', email).executeTakeFirst();
  }

  async function byId(id: string): Promise<Account> {
    return db.selectFrom('governance_account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  /** The account behind an e-mail and a password; slows guessing down. */
  async function prove(email: string, password: string, address: string): Promise<Account> {
    let account: Account | undefined;
    const right = await asTry(email, address, async () => {
      account = await byEmail(email);
      return (await passwords.isRight(account?.password_hash, password)) && account !== undefined;
    });
    if (!account || !right) throw wrongPassword();
    return account;
  }

  async function rolesOf(accountId: string): Promise<{ workspace: string; role: Role }[]> {
    return db
      .selectFrom('governance_membership')
      .select(['workspace', 'role'])
      .where('account_id', '=', accountId)
      .execute();
  }

  async function startSession(accountId: string): Promise<string> {
    const { token, hash: tokenHash } = makeToken('qms_');
    const at = now();
    await db
      .insertInto('governance_session')
      .values({
        token_hash: tokenHash,
        account_id: accountId,
        created_at: at,
        last_seen_at: at,
        expires_at: new Date(at.getTime() + SESSION_DAYS * DAY),
      })
      .execute();
    await db.deleteFrom('governance_session').where('expires_at', '<', at).execute();
    return token;
  }

  async function membershipsOf(accountId: string): Promise<Membership[]> {
    const rows = await db
      .selectFrom('governance_membership as m')
      .innerJoin('governance_workspace as w', 'w.id', 'm.workspace')
      .select(['w.id', 'w.name', 'w.currency', 'w.time_zone', 'w.country', 'w.created_at', 'm.role'])
      .where('m.account_id', '=', accountId)
      .orderBy('w.created_at')
      .orderBy('w.id')
      .execute();
    return rows.map((r) => ({
      id: r.id,
      name: r.name,
      currency: r.currency,
      timeZone: r.time_zone,
      country: r.country ?? homeCountry(r.currency, r.time_zone),
      createdAt: r.created_at.toISOString(),
      role: r.role,
      permissions: [...PERMISSIONS_OF_ROLE[r.role]],
    }));
  }

  return {
    byEmail,
    byId,
    prove,
    rolesOf,
    startSession,
    membershipsOf,
    hashPassword: passwords.hashOf,
    passwordLinks: openPasswordLinks({ ...parts, passwords }),

    /** Makes an account; the founder's may make workspaces before it owns one. */
    async create(account: {
      email: string;
      name: string;
      password: string;
      founder?: boolean;
    }): Promise<string> {
      const id = randomUUID();
      await db
        .insertInto('governance_account')
        .values({
          id,
          email: account.email,
          name: account.name,
          password_hash: await passwords.hashOf(account.password),
          created_at: now(),
          founder: account.founder ?? false,
        })
        .execute();
      return id;
    },

    async makeFounder(id: string): Promise<void> {
      await db.updateTable('governance_account').set({ founder: true }).where('id', '=', id).execute();
    },

    /** The account the server was set up with; the newest, where its e-mail was changed since. */
    async founder(): Promise<Account | undefined> {
      return db
        .selectFrom('governance_account')
        .selectAll()
        .where('founder', '=', true)
        .orderBy('created_at', 'desc')
        .executeTakeFirst();
    },

    /** Whether a password is an account's, asked by the server itself: it counts as no try. */
    async hasPassword(email: string, password: string): Promise<boolean> {
      const account = await byEmail(email);
      return account !== undefined && passwords.isRight(account.password_hash, password);
    },

    /** Signs in; an account that was taken out of every workspace is over. */
    async signIn(email: string, password: string, address: string): Promise<Account> {
      const account = await prove(email, password, address);
      if (!account.founder && (await rolesOf(account.id)).length === 0) throw noWorkspace();
      return account;
    },

    /** Whether it is the account the server was set up with. */
    async isFounder(accountId: string): Promise<boolean> {
      return (await byId(accountId)).founder;
    },

    async mayCreateWorkspaces(accountId: string): Promise<boolean> {
      const account = await byId(accountId);
      return account.founder || (await rolesOf(accountId)).some((r) => r.role === 'owner');
    },

    /** Changes the own password; a guess of the current one counts as a guess at signing in. */
    async changePassword(
      accountId: string,
      change: { current: string; next: string; keepToken: string; address: string },
    ): Promise<void> {
      const { email, password_hash } = await byId(accountId);
      const right = await asTry(email, change.address, () =>
        passwords.isRight(password_hash, change.current),
      );
      if (!right) throw wrongCurrentPassword();
      const next = await passwords.hashOf(change.next);
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('governance_account')
          .set({ password_hash: next })
          .where('id', '=', accountId)
          .execute();
        await trx
          .deleteFrom('governance_session')
          .where('account_id', '=', accountId)
          .where('token_hash', '!=', hashOf(change.keepToken))
          .execute();
        await trx.deleteFrom('governance_password_link').where('account_id', '=', accountId).execute();
      });
    },

    async endSession(token: string): Promise<void> {
      await db.deleteFrom('governance_session').where('token_hash', '=', hashOf(token)).execute();
    },

    /** Who a session token belongs to; null when it is unknown or over. */
    async principalOfSession(token: string): Promise<Principal | null> {
      const at = now();
      const row = await db
        .selectFrom('governance_session as s')
        .innerJoin('governance_account as a', 'a.id', 's.account_id')
        .select(['a.id', 'a.email', 's.last_seen_at'])
        .where('s.token_hash', '=', hashOf(token))
        .where('s.expires_at', '>', at)
        .executeTakeFirst();
      if (!row) return null;
      if (at.getTime() - row.last_seen_at.getTime() > 5 * MINUTE)
        await db
          .updateTable('governance_session')
          .set({ last_seen_at: at, expires_at: new Date(at.getTime() + SESSION_DAYS * DAY) })
          .where('token_hash', '=', hashOf(token))
          .execute();
      const roleIn = new Map((await rolesOf(row.id)).map((r) => [r.workspace, r.role]));
      return {
        kind: 'account',
        id: row.id,
        name: row.email,
        permissionsIn: (w) => permissionsOf(roleIn.get(w)),
      };
    },
  };
}
export type Accounts = ReturnType<typeof openAccounts>;
