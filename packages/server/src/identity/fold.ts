import { type Clock, DAY } from '../platform/clock.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Exclusively, Identity } from './identity.ts';
import { belongingTo } from './store.ch.ts';

/** Merges and splits older than this are written into the stored facts. */
export const FOLD_AFTER_DAYS = 7;

/** A table of facts: columns workspace, person_id and anchor; `month` is what parts it, where anything does. */
export interface FactTable {
  table: string;
  month?: string;
}

const OWN_TABLES: FactTable[] = [
  { table: 'collect_event', month: 'toYYYYMM(time)' },
  { table: 'collect_order_line' },
  { table: 'collect_order_line_replaced' },
  { table: 'collect_return' },
  { table: 'identity_link' },
];

/**
 * Writes who facts belong to into the facts, so that queries need not ask. Each partition is copied with its people as they
 * are now and put in the place of the old in one step; what says whose facts are whose goes only when all are done. Doing
 * it twice changes nothing, so it may stop anywhere; facts keep their identifiers, so it can still be undone who they are.
 */
export function openFolding(parts: {
  identity: Identity;
  warehouse: Warehouse;
  exclusively: Exclusively;
  clock: Clock;
  /** Tables of facts of domains to the right. */
  factTables: readonly FactTable[];
}) {
  const { warehouse, identity } = parts;
  const { db, indexOf, nextVersion } = identity.inner;
  const tables = [...OWN_TABLES, ...parts.factTables];

  const waiting = (workspace: string) =>
    warehouse.one<{ merges: number; splits: number; oldest: number }>(
      `SELECT sum(m) AS merges, sum(s) AS splits, min(v) AS oldest FROM (
         SELECT count() AS m, 0 AS s, if(count() = 0, 18446744073709551615, min(version)) AS v FROM identity_override FINAL
         WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0
         UNION ALL
         SELECT 0, count(), if(count() = 0, 18446744073709551615, min(version)) FROM identity_split FINAL
         WHERE workspace = {workspace:String} AND person_id != 0)`,
      { workspace },
    );

  /** Parts of a table that hold facts to be rewritten. */
  async function partsToFold(workspace: string, { table, month }: FactTable): Promise<number[]> {
    const rows = await warehouse.query<{ part: number }>(
      `SELECT DISTINCT ${month ?? '0'} AS part FROM ${belongingTo(table)} WHERE person != person_id ORDER BY part`,
      { workspace },
    );
    return rows.map((r) => r.part);
  }

  async function foldPart(workspace: string, { table, month }: FactTable, part: number): Promise<void> {
    const next = `${table}_next`;
    const params = { workspace, part };
    for (const statement of [...warehouse.drop(next), ...warehouse.twin(table, next)])
      await warehouse.command(statement);
    const within = month ? `${month} = {part:UInt32}` : '1';
    await warehouse.command(
      `INSERT INTO ${next} SELECT * FROM ${table} WHERE workspace != {workspace:String} AND ${within}`,
      params,
    );
    await warehouse.command(
      `INSERT INTO ${next} SELECT * EXCEPT (person) REPLACE (toUInt32(person) AS person_id)
       FROM ${belongingTo(table)} WHERE ${within}`,
      params,
    );
    await warehouse.replacePartition(table, next, month ? '{part:UInt32}' : 'tuple()', params);
    for (const statement of warehouse.drop(next)) await warehouse.command(statement);
  }

  /** Marks what was folded: merges that are as they were when folding began, and splits. */
  async function mark(workspace: string, upTo: number): Promise<void> {
    const index = await indexOf(workspace);
    const version = nextVersion();
    const splits = await warehouse.query<{ anchor: number; person_id: number }>(
      `SELECT anchor, person_id FROM identity_split FINAL
       WHERE workspace = {workspace:String} AND person_id != 0 AND version <= {upTo:UInt64}`,
      { workspace, upTo },
    );
    await warehouse.command(
      `INSERT INTO identity_split (workspace, anchor, person_id, was, version)
       SELECT workspace, anchor, 0, [], {version:UInt64} FROM identity_split FINAL
       WHERE workspace = {workspace:String} AND person_id != 0 AND version <= {upTo:UInt64}`,
      { workspace, upTo, version },
    );
    index.forgetSplits(splits.map((s) => ({ node: s.anchor, person: s.person_id })));
    await warehouse.command(
      `INSERT INTO identity_override (workspace, person_id, survivor_id, reason, version, is_folded)
       SELECT workspace, person_id, survivor_id, reason, {version:UInt64}, 1 FROM identity_override FINAL
       WHERE workspace = {workspace:String} AND survivor_id != 0 AND is_folded = 0 AND version <= {upTo:UInt64}`,
      { workspace, upTo, version },
    );
  }

  return {
    /** Names of the tables that are folded. */
    tables: tables.map(({ table }) => table),

    waiting: async (workspace: string) => {
      const { merges, splits } = await waiting(workspace);
      return merges + splits;
    },

    /** Whether anything waits that is older than it should be. */
    async isDue(workspace: string): Promise<boolean> {
      const { merges, splits, oldest } = await waiting(workspace);
      return merges + splits > 0 && oldest / 1000 < parts.clock.now() - FOLD_AFTER_DAYS * DAY;
    },

    /** Folds everything that waits; facts are stored between one partition and the next. */
    async fold(workspace: string, progress: (done: number) => Promise<void> = async () => {}): Promise<void> {
      const upTo = await parts.exclusively(async () => {
        await indexOf(workspace);
        return nextVersion();
      });
      for (const [i, table] of tables.entries()) {
        for (const part of await partsToFold(workspace, table))
          await parts.exclusively(() => foldPart(workspace, table, part));
        await progress((i + 1) / tables.length);
      }
      await parts.exclusively(() => mark(workspace, upTo));
      const row = { folded_at: new Date(parts.clock.now()) };
      await db
        .insertInto('identity_run')
        .values({ workspace, searched_at: null, ...row })
        .onConflict((c) => c.column('workspace').doUpdateSet(row))
        .execute();
    },
  };
}
export type Folding = ReturnType<typeof openFolding>;
