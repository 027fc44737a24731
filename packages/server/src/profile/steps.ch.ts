import { isHeardSql } from '../platform/version.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { TraitStep } from './trait-steps.ts';

export interface StepRow {
  workspace: string;
  person_id: number;
  anchor: number;
  name: string;
  time: number;
  message_id: string;
  operation: TraitStep['operation'];
  type: string;
  text: string;
  import_id: string;
  /** 1 where a key that stands in a page said it. */
  heard: number;
  version: number;
}

/** People read at once. */
const PEOPLE_A_READ = 5000;

/** What was done with traits, as it is stored. */
export function stepsWarehouse(warehouse: Warehouse) {
  /** Rows under some numbers of people, read in parts. */
  async function underNumbers<R>(sql: string, numbers: number[], params: object): Promise<R[]> {
    const rows: R[] = [];
    for (let at = 0; at < numbers.length; at += PEOPLE_A_READ)
      for (const row of await warehouse.query<R>(sql, {
        ...params,
        numbers: numbers.slice(at, at + PEOPLE_A_READ),
      }))
        rows.push(row);
    return rows;
  }
  const THEIRS = 'workspace = {workspace:String} AND person_id IN {numbers:Array(UInt32)}';

  return {
    insertSteps: (rows: StepRow[], token: string) => warehouse.insert('profile_trait_step', rows, token),

    /** Names of traits that had steps. */
    names: async (workspace: string) =>
      new Set(
        (
          await warehouse.query<{ name: string }>(
            'SELECT DISTINCT name FROM profile_trait_step WHERE workspace = {workspace:String}',
            { workspace },
          )
        ).map((row) => row.name),
      ),

    steps: (workspace: string, numbers: number[], names: string[]) =>
      underNumbers<Omit<StepRow, 'workspace' | 'version'>>(
        `SELECT person_id, anchor, name, toUnixTimestamp64Milli(time) AS time, message_id, operation, type, text, import_id, heard
         FROM profile_trait_step FINAL PREWHERE ${THEIRS} AND name IN {names:Array(String)}`,
        numbers,
        { workspace, names },
      ),

    /** Values as they stand under each number, the newest that was said. */
    traits: (workspace: string, numbers: number[], names: string[]) =>
      underNumbers<
        Pick<StepRow, 'person_id' | 'anchor' | 'name' | 'time' | 'type' | 'text' | 'import_id' | 'heard'>
      >(
        `SELECT person_id, anchor, name, toUnixTimestamp64Milli(t.time) AS time, toString(type) AS type, text, import_id,
           ${isHeardSql('version')} AS heard
         FROM profile_trait AS t WHERE ${THEIRS} AND name IN {names:Array(String)}
         ORDER BY version DESC LIMIT 1 BY person_id, anchor, name`,
        numbers,
        { workspace, names },
      ),

    /** Names of traits under each number; only of those that nothing but keys of pages said, where that is asked. */
    traitNames: (workspace: string, numbers: number[], onlyHeard: boolean) =>
      underNumbers<{ person_id: number; anchor: number; name: string }>(
        `SELECT DISTINCT person_id, anchor, name FROM profile_trait
         WHERE ${THEIRS} AND (${isHeardSql('version')} OR NOT {onlyHeard:Bool})`,
        numbers,
        { workspace, onlyHeard },
      ),

    removeTraits: (workspace: string, numbers: number[], anchors: number[], names: string[]) =>
      warehouse.deleteRows(
        'profile_trait',
        `${THEIRS} AND name IN {names:Array(String)} AND (anchor = 0 OR anchor IN {anchors:Array(UInt32)})`,
        { workspace, numbers, anchors, names },
      ),
  };
}
