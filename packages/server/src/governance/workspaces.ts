import type { Workspace } from '@qianmian/contract';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { isUniqueViolation, type Ledger } from '../platform/ledger.ts';
import { isTimeZone } from '../platform/zone.ts';
import type { GovernanceTables } from './store.pg.ts';

type Row = GovernanceTables['governance_workspace'];

/** Retailers (or brands) kept apart: each has its own people, data and settings. */
export function openWorkspaces(parts: { ledger: Ledger; clock: Clock; bus: Bus }) {
  const db = parts.ledger.withTables<GovernanceTables>();

  async function get(id: string): Promise<Workspace> {
    const row = await db
      .selectFrom('governance_workspace')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw notFound('workspace', id);
    return present(row);
  }

  return {
    get,

    async list(): Promise<Workspace[]> {
      return (await db.selectFrom('governance_workspace').selectAll().orderBy('id').execute()).map(present);
    },

    /** Makes a workspace; its owner, when given, becomes a member. */
    async create(
      draft: { id: string; name: string; currency: string; timeZone: string },
      ownerAccountId: string | null,
    ): Promise<Workspace> {
      checkSettings(draft);
      const now = new Date(parts.clock.now());
      try {
        await db.transaction().execute(async (trx) => {
          await trx
            .insertInto('governance_workspace')
            .values({
              id: draft.id,
              name: draft.name,
              currency: draft.currency,
              time_zone: draft.timeZone,
              created_at: now,
            })
            .execute();
          if (ownerAccountId)
            await trx
              .insertInto('governance_membership')
              .values({ workspace: draft.id, account_id: ownerAccountId, role: 'owner', created_at: now })
              .execute();
        });
      } catch (error) {
        if (isUniqueViolation(error))
          throw new AppError({
            code: 'workspace.exists',
            status: 409,
            detail: `There is already a workspace "${draft.id}"; choose another id.`,
            fields: { id: 'is taken' },
          });
        throw error;
      }
      await parts.bus.announce('governance.workspaceCreated', { workspace: draft.id });
      return get(draft.id);
    },

    async update(
      id: string,
      change: { name?: string; currency?: string; timeZone?: string },
    ): Promise<Workspace> {
      checkSettings(change);
      const set = {
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.currency === undefined ? {} : { currency: change.currency }),
        ...(change.timeZone === undefined ? {} : { time_zone: change.timeZone }),
      };
      if (Object.keys(set).length > 0)
        await db.updateTable('governance_workspace').set(set).where('id', '=', id).execute();
      return get(id);
    },
  };
}
export type Workspaces = ReturnType<typeof openWorkspaces>;

function checkSettings(settings: { currency?: string; timeZone?: string }): void {
  const fields: Record<string, string> = {};
  if (settings.timeZone !== undefined && !isTimeZone(settings.timeZone))
    fields.timeZone = `"${settings.timeZone}" is no IANA time zone, such as Asia/Shanghai or Europe/London`;
  if (settings.currency !== undefined && !Intl.supportedValuesOf('currency').includes(settings.currency))
    fields.currency = `"${settings.currency}" is no ISO 4217 currency, such as CNY or EUR`;
  const faults = Object.values(fields);
  if (faults.length > 0)
    throw new AppError({
      code: 'workspace.bad_setting',
      status: 400,
      detail: `${faults.join('; ')}.`,
      fields,
    });
}

function present(row: Row): Workspace {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    timeZone: row.time_zone,
    createdAt: row.created_at.toISOString(),
  };
}
