import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type Membership, type PERMISSIONS, PERMISSIONS_OF_ROLE, type Role } from '@qianmian/contract';
import { type Clock, DAY, MINUTE } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import { hashOf, makeToken } from '../platform/secret.ts';
import type { GovernanceTables } from './store.pg.ts';

const SESSION_DAYS = 30;
/** Wrong passwords for one e-mail before it must wait. */
const TRIES = 8;
const WAIT = 10 * MINUTE;
/** Compared with when there is no such account, so that both cases take as long. */
const NOBODY =
  '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2V3DnRZZXT1uXpt7W2Fl+vEyVWIbQUNbyAQL8RRtcuM';

/** People who sign in, and their sessions. */
export function openAccounts(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  const now = () => new Date(parts.clock.now());
  const failures = new Map<string, { count: number; until: number }>();

  function refuseGuessing(email: string): void {
    const f = failures.get(email);
    if (f && f.count >= TRIES && f.until > parts.clock.now())
      throw new AppError({
        code: 'auth.too_many_tries',
        status: 429,
        detail: 'Too many wrong passwords for this e-mail; wait ten minutes.',
      });
  }

  function noteFailure(email: string): void {
    const f = failures.get(email);
    const fresh = !f || f.until < parts.clock.now();
    if (failures.size > 10_000) failures.clear();
    failures.set(email, { count: fresh ? 1 : f.count + 1, until: parts.clock.now() + WAIT });
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
      .select(['w.id', 'w.name', 'w.currency', 'w.time_zone', 'w.created_at', 'm.role'])
      .where('m.account_id', '=', accountId)
      .orderBy('w.created_at')
      .orderBy('w.id')
      .execute();
    return rows.map((r) => ({
      id: r.id,
      name: r.name,
      currency: r.currency,
      timeZone: r.time_zone,
      createdAt: r.created_at.toISOString(),
      role: r.role,
      permissions: [...PERMISSIONS_OF_ROLE[r.role]],
    }));
  }

  return {
    startSession,
    membershipsOf,

    async byEmail(email: string) {
      return db.selectFrom('governance_account').selectAll().where('email', '=', email).executeTakeFirst();
    },

    async byId(id: string) {
      return db.selectFrom('governance_account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    },

    async create(account: { email: string; name: string; password: string }): Promise<string> {
      const id = randomUUID();
      await db
        .insertInto('governance_account')
        .values({
          id,
          email: account.email,
          name: account.name,
          password_hash: await hash(account.password),
          created_at: now(),
        })
        .execute();
      return id;
    },

    /** The account behind an e-mail and a password; slows guessing down. */
    async signIn(email: string, password: string) {
      refuseGuessing(email);
      const account = await db
        .selectFrom('governance_account')
        .selectAll()
        .where('email', '=', email)
        .executeTakeFirst();
      const right = await verify(account?.password_hash ?? NOBODY, password).catch(() => false);
      if (!account || !right) {
        noteFailure(email);
        throw new AppError({
          code: 'auth.wrong_password',
          status: 401,
          detail: 'The e-mail or the password is not right.',
        });
      }
      failures.delete(email);
      return account;
    },

    async changePassword(accountId: string, current: string, next: string, keepToken: string): Promise<void> {
      const account = await db
        .selectFrom('governance_account')
        .selectAll()
        .where('id', '=', accountId)
        .executeTakeFirstOrThrow();
      if (!(await verify(account.password_hash, current).catch(() => false)))
        throw new AppError({
          code: 'auth.wrong_password',
          status: 400,
          detail: 'The current password is not right.',
          fields: { current: 'is not right' },
        });
      await db
        .updateTable('governance_account')
        .set({ password_hash: await hash(next) })
        .where('id', '=', accountId)
        .execute();
      await db
        .deleteFrom('governance_session')
        .where('account_id', '=', accountId)
        .where('token_hash', '!=', hashOf(keepToken))
        .execute();
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
      const roles = await db
        .selectFrom('governance_membership')
        .select(['workspace', 'role'])
        .where('account_id', '=', row.id)
        .execute();
      const roleIn = new Map(roles.map((r) => [r.workspace, r.role]));
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

const SETS = new Map<Role, ReadonlySet<(typeof PERMISSIONS)[number]>>();

/** The permissions of a role as a set; null for no role. */
export function permissionsOf(role: Role | undefined): ReadonlySet<(typeof PERMISSIONS)[number]> | null {
  if (!role) return null;
  const known = SETS.get(role);
  if (known) return known;
  const made = new Set(PERMISSIONS_OF_ROLE[role]);
  SETS.set(role, made);
  return made;
}

/** The command line on the server's own machine: whoever can read the data folder may do everything. */
export const LOCAL_OPERATOR: Principal = {
  kind: 'apiKey',
  id: 'local',
  name: 'command line',
  permissionsIn: () => permissionsOf('owner'),
};
