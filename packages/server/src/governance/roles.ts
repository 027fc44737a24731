import type { PERMISSIONS, Role } from '@qianmian/contract';
import { PERMISSIONS_OF_ROLE } from '@qianmian/contract';
import type { Kysely, Transaction } from 'kysely';
import type { Principal } from '../platform/http.ts';
import { lastOwner, ownersOnly } from './errors.ts';
import type { GovernanceTables } from './store.pg.ts';

type Db = Kysely<GovernanceTables>;
type Trx = Transaction<GovernanceTables>;

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

/** Changes who may enter a workspace, one change after the other: each sees the owners the one before left. */
export function withMembership<T>(db: Db, workspace: string, change: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await trx
      .selectFrom('governance_workspace')
      .select('id')
      .where('id', '=', workspace)
      .forNoKeyUpdate()
      .execute();
    return change(trx);
  });
}

/** The role of an account in a workspace, if any. */
export async function roleIn(db: Db, workspace: string, accountId: string): Promise<Role | undefined> {
  const row = await db
    .selectFrom('governance_membership')
    .select('role')
    .where('workspace', '=', workspace)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.role;
}

/** Who may manage members may not make, change or remove what they are not; `roles` are those before and after. */
export async function onlyOwnersTouchOwners(
  db: Db,
  who: Principal,
  workspace: string,
  roles: readonly (Role | undefined)[],
): Promise<void> {
  if (!roles.includes('owner') || who === LOCAL_OPERATOR) return;
  const own = who.kind === 'account' ? await roleIn(db, workspace, who.id) : undefined;
  if (own !== 'owner') throw ownersOnly(workspace);
}

/** Refuses when nobody but `leaving` owns the workspace. */
export async function keepAnOwner(db: Db, workspace: string, leaving: string): Promise<void> {
  const other = await db
    .selectFrom('governance_membership')
    .select('account_id')
    .where('workspace', '=', workspace)
    .where('role', '=', 'owner')
    .where('account_id', '!=', leaving)
    .executeTakeFirst();
  if (!other) throw lastOwner();
}
