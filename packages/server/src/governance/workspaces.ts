import { COUNTRIES, type Workspace } from '@qianmian/contract';
import type { Bus } from '../platform/bus.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import { AppError, notFound } from '../platform/errors.ts';
import { isUniqueViolation, type Ledger } from '../platform/ledger.ts';
import { timeZoneNamed } from '../platform/zone.ts';
import { currencyFixed } from './errors.ts';
import { homeCountry } from './home-country.ts';
import type { GovernanceTables } from './store.pg.ts';

type Row = GovernanceTables['governance_workspace'];

/** Whether a workspace holds amounts of a kind. */
export type HoldsAmounts = (workspace: string) => Promise<boolean>;

/** Workspaces whose settings are held at once. */
const MOST_RECENT = 10_000;

/** Retailers (or brands) kept apart: each has its own people, data and settings. */
export function openWorkspaces(parts: {
  ledger: Ledger;
  clock: Clock;
  bus: Bus;
  /** Whether what counts by days knows a time zone. */
  hasZone?: (name: string) => Promise<boolean>;
}) {
  const db = parts.ledger.withTables<GovernanceTables>();

  const holders: HoldsAmounts[] = [];
  const recents = new Map<string, { until: number; workspace: Promise<Workspace> }>();

  async function get(id: string): Promise<Workspace> {
    const row = await db
      .selectFrom('governance_workspace')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw notFound('workspace', id);
    return present(row);
  }

  /** Whether anything with an amount is stored, which would say another sum in another currency. */
  async function isCurrencyFixed(id: string): Promise<boolean> {
    for (const holds of holders) if (await holds(id)) return true;
    return false;
  }

  return {
    get,
    isCurrencyFixed,

    /** Registers who can tell whether amounts are stored; they stand to the right. */
    onAmounts(holds: HoldsAmounts): void {
      holders.push(holds);
    },

    /** The same, as it was a second ago at most where another process changed it: for what asks with every delivery. */
    recent(id: string): Promise<Workspace> {
      const known = recents.get(id);
      if (known && known.until > Date.now()) return known.workspace;
      const workspace = get(id);
      recents.delete(id);
      if (recents.size >= MOST_RECENT) recents.delete(recents.keys().next().value!);
      recents.set(id, { until: Date.now() + SECOND, workspace });
      workspace.catch(() => recents.delete(id));
      return workspace;
    },

    async list(): Promise<Workspace[]> {
      return (await db.selectFrom('governance_workspace').selectAll().orderBy('id').execute()).map(present);
    },

    /** Makes a workspace; its owner, when given, becomes a member. */
    async create(
      given: { id: string; name: string; currency: string; timeZone: string; country?: string | null },
      ownerAccountId: string | null,
    ): Promise<Workspace> {
      const draft = await settled(given, parts.hasZone);
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
              country: draft.country ?? null,
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
      given: { name?: string; currency?: string; timeZone?: string; country?: string | null },
    ): Promise<Workspace> {
      const change = await settled(given, parts.hasZone);
      if (change.currency !== undefined) {
        const { currency } = await get(id);
        if (change.currency !== currency && (await isCurrencyFixed(id))) throw currencyFixed(id, currency);
      }
      const set = {
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.currency === undefined ? {} : { currency: change.currency }),
        ...(change.timeZone === undefined ? {} : { time_zone: change.timeZone }),
        ...(change.country === undefined ? {} : { country: change.country }),
      };
      if (Object.keys(set).length > 0)
        await db.updateTable('governance_workspace').set(set).where('id', '=', id).execute();
      recents.delete(id);
      return get(id);
    },
  };
}
export type Workspaces = ReturnType<typeof openWorkspaces>;

/** The settings as they are kept: the zone under the name that every store knows. */
async function settled<S extends { currency?: string; timeZone?: string; country?: string | null }>(
  settings: S,
  hasZone: (name: string) => Promise<boolean> = async () => true,
): Promise<S> {
  const fields: Record<string, string> = {};
  const timeZone = settings.timeZone === undefined ? undefined : timeZoneNamed(settings.timeZone);
  if (timeZone === null || (timeZone !== undefined && !(await hasZone(timeZone))))
    fields.timeZone = `"${settings.timeZone}" is no IANA time zone, such as Asia/Shanghai or Europe/London`;
  if (settings.currency !== undefined && !Intl.supportedValuesOf('currency').includes(settings.currency))
    fields.currency = `"${settings.currency}" is no ISO 4217 currency, such as CNY or EUR`;
  if (typeof settings.country === 'string' && !COUNTRIES.includes(settings.country))
    fields.country = `"${settings.country}" is no country with phone numbers, such as CN or FR`;
  const faults = Object.values(fields);
  if (faults.length > 0)
    throw new AppError({
      code: 'workspace.bad_setting',
      status: 400,
      detail: `${faults.join('; ')}.`,
      fields,
    });
  return timeZone ? { ...settings, timeZone } : settings;
}

function present(row: Row): Workspace {
  return {
    id: row.id,
    name: row.name,
    currency: row.currency,
    timeZone: row.time_zone,
    country: row.country ?? homeCountry(row.currency, row.time_zone),
    createdAt: row.created_at.toISOString(),
  };
}
