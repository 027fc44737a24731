import type { FactBatch, QuarantineRow } from '../collect/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { isConsentTrait } from './consent.ts';

/**
 * So many names may traits of a workspace have: a sender that writes ids into names would make a portrait nobody can
 * read. Files come from members and may bring more. Names that only keys of pages brought, which anybody can read, have
 * a number of their own: they take no place from the others.
 */
export const MOST_NAMES = { live: 1000, all: 2000, client: 200 };
/** Names the portrait reads: always taken. */
const WELL_KNOWN = new Set(
  'name firstName lastName email phone gender birthday city country address.city address.country'.split(' '),
);
const TOLD = 100;

/** Sets aside what is not kept, where people look for it. */
export type SetAside = (rows: QuarantineRow[], token: string) => Promise<unknown>;

/** Names in use; those that only keys of pages brought are also in `byClients`. */
interface Known {
  all: Set<string>;
  byClients: Set<string>;
}

/** The names traits have in each workspace, and whether there is room for more. */
export function openTraitNames(parts: { warehouse: Warehouse; setAside: SetAside }) {
  const kept = new Map<string, Promise<Known>>();

  function namesIn(workspace: string): Promise<Known> {
    const known = kept.get(workspace) ?? ask(workspace);
    kept.set(workspace, known);
    known.catch(() => kept.delete(workspace));
    return known;
  }

  async function ask(workspace: string): Promise<Known> {
    const rows = await parts.warehouse.query<{ name: string; client: number }>(
      `SELECT DISTINCT name, name IN (SELECT name FROM profile_client_trait FINAL
         WHERE workspace = {workspace:String} AND client = 1) AS client
       FROM profile_trait WHERE workspace = {workspace:String}`,
      { workspace },
    );
    return {
      all: new Set(rows.map((row) => row.name)),
      byClients: new Set(rows.filter((row) => row.client === 1).map((row) => row.name)),
    };
  }

  /** Writes down whose names those are that are new, or that more than pages say now. */
  async function keep(batch: FactBatch, names: readonly string[]): Promise<void> {
    const rows = names.map((name) => ({
      workspace: batch.workspace,
      name,
      client: batch.client ? 1 : 0,
      version: batch.version,
    }));
    await parts.warehouse.insert('profile_client_trait', rows, `${batch.token}:client-names`);
  }

  return {
    /** Which names of a batch are kept; the others are told in quarantine, without values. */
    async admit(batch: FactBatch): Promise<(name: string) => boolean> {
      const { all, byClients } = await namesIn(batch.workspace);
      const most = batch.client
        ? MOST_NAMES.client
        : batch.importId === ''
          ? MOST_NAMES.live
          : MOST_NAMES.all;
      const count = () => (batch.client ? byClients.size : all.size - byClients.size);
      const leftOut = new Set<string>();
      const moved: string[] = [];
      for (const name of namesOf(batch)) {
        const room = count() < most;
        if (all.has(name)) {
          // What a server, a file or a member says is no longer a name of pages alone.
          if (batch.client || !room || !byClients.delete(name)) continue;
          moved.push(name);
        } else if (WELL_KNOWN.has(name)) all.add(name);
        else if (!room) leftOut.add(name);
        else {
          all.add(name);
          if (!batch.client) continue;
          byClients.add(name);
          moved.push(name);
        }
      }
      if (moved.length > 0) await keep(batch, moved);
      if (leftOut.size > 0)
        await parts.setAside([asideRow(batch, [...leftOut], most)], `${batch.token}:names`);
      return (name) => !leftOut.has(name);
    },

    /** Forgets what is known of a workspace, after traits were taken out. */
    forget: (workspace: string) => void kept.delete(workspace),
  };
}
export type TraitNames = ReturnType<typeof openTraitNames>;

function namesOf(batch: FactBatch): Set<string> {
  const told = batch.people.filter((one) => one.personId !== 0);
  return new Set(
    told.flatMap(({ fact }) => Object.keys(fact.traits).filter((name) => !isConsentTrait(name))),
  );
}

function asideRow(batch: FactBatch, leftOut: readonly string[], most: number): QuarantineRow {
  return {
    workspace: batch.workspace,
    id: `${batch.token}:names`,
    received_at: batch.receivedAt,
    source: batch.source,
    reason: 'too_many_traits',
    detail: batch.client
      ? `Keys of pages brought ${most} names of traits, the most they may bring: ${leftOut.length} more were not kept. A name that a server or a file has said first is always taken.`
      : `Traits of this workspace have ${most} names, the most there may be: ${leftOut.length} more were not kept.`,
    payload: JSON.stringify(leftOut.slice(0, TOLD)),
  };
}
