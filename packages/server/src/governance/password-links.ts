import { type Clock, DAY } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import { hashOf, makeToken } from '../platform/secret.ts';
import { linkOver } from './errors.ts';
import { type Link, linkOf } from './link.ts';
import type { Passwords } from './passwords.ts';
import type { GovernanceTables } from './store.pg.ts';

const PREFIX = 'qmp_';
/** Shorter than an invitation: who holds it takes the account over. */
const VALID = DAY;

/** Links with which a person sets a new password; at most one per account is in force. */
export function openPasswordLinks(parts: { ledger: Ledger; clock: Clock; passwords: Passwords }) {
  const db = parts.ledger.withTables<GovernanceTables>();
  const now = () => new Date(parts.clock.now());

  /** The link in force; it is over when the account joined a workspace since, whose owners were not asked. */
  const inForce = (token: string) =>
    db
      .selectFrom('governance_password_link as l')
      .innerJoin('governance_account as a', 'a.id', 'l.account_id')
      .select(['a.id', 'a.email', 'a.name', 'l.expires_at'])
      .where('l.token_hash', '=', hashOf(token))
      .where('l.expires_at', '>', now())
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('governance_membership as m')
              .select('m.account_id')
              .whereRef('m.account_id', '=', 'l.account_id')
              .whereRef('m.created_at', '>', 'l.created_at'),
          ),
        ),
      );

  return {
    isOne: (token: string) => token.startsWith(PREFIX),

    /** Makes a link, in place of one made before; `at` is when it was seen that it may be made. */
    async make(accountId: string, at = parts.clock.now()): Promise<Link> {
      const { token, hash } = makeToken(PREFIX);
      const row = { token_hash: hash, created_at: new Date(at), expires_at: new Date(at + VALID) };
      await db
        .insertInto('governance_password_link')
        .values({ ...row, account_id: accountId })
        .onConflict((c) => c.column('account_id').doUpdateSet(row))
        .execute();
      return linkOf(token, row.expires_at);
    },

    async read(token: string) {
      const row = await inForce(token).executeTakeFirst();
      if (!row) throw linkOver();
      return row;
    },

    /** Sets the password and ends every session of the account; answers whose it is. */
    async redeem(token: string, password: string): Promise<string> {
      // Who holds no link gets no password hashed: that costs what signing in needs.
      await this.read(token);
      const hash = await parts.passwords.hashOf(password);
      return db.transaction().execute(async (trx) => {
        const used = await trx
          .deleteFrom('governance_password_link')
          .where('token_hash', '=', hashOf(token))
          .where('account_id', 'in', inForce(token).clearSelect().select('a.id'))
          .returning('account_id')
          .executeTakeFirst();
        if (!used) throw linkOver();
        await trx
          .updateTable('governance_account')
          .set({ password_hash: hash })
          .where('id', '=', used.account_id)
          .execute();
        await trx.deleteFrom('governance_session').where('account_id', '=', used.account_id).execute();
        return used.account_id;
      });
    },
  };
}
export type PasswordLinks = ReturnType<typeof openPasswordLinks>;
