import { randomUUID } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { noTag } from './errors.ts';
import { NEVER_A_REPEAT } from './sql-source.ts';
import { TAGS } from './store.ch.ts';
import type { ProfileTables } from './store.pg.ts';

/** The catalogue of tags lies in the ledger, who carries them in the warehouse. */
export function openTags(parts: { warehouse: Warehouse; ledger: Ledger; clock: Clock }) {
  const { warehouse, clock } = parts;
  const db = parts.ledger.withTables<ProfileTables>();
  let lastVersion = 0;

  /** Rises with every change, also of the same millisecond. */
  function nextVersion(): number {
    lastVersion = Math.max(lastVersion + 1, clock.now() * 1000);
    return lastVersion;
  }

  async function counts(workspace: string): Promise<Map<string, number>> {
    const rows = await warehouse.query<{ tag: string; people: number }>(
      `SELECT tag, count() AS people FROM ${TAGS} GROUP BY tag`,
      { workspace },
    );
    return new Map(rows.map((r) => [r.tag, r.people]));
  }

  async function catalogue(workspace: string) {
    return db
      .selectFrom('profile_tag')
      .selectAll()
      .where('workspace', '=', workspace)
      .orderBy('name')
      .execute();
  }

  async function put(workspace: string, draft: { name: string; label: string; description: string }) {
    await db
      .insertInto('profile_tag')
      .values({ workspace, ...draft, created_at: new Date(clock.now()) })
      .onConflict((c) =>
        c.columns(['workspace', 'name']).doUpdateSet({ label: draft.label, description: draft.description }),
      )
      .execute();
  }

  const assign = (workspace: string, person: number, tag: string, has: 0 | 1) =>
    warehouse.insert(
      'profile_tag',
      [{ workspace, person_id: person, tag, has, time: clock.now(), version: nextVersion() }],
      // The embedded engine keeps the token of the insert before when none is given, and would take this for a repeat.
      randomUUID(),
    );

  async function list(workspace: string) {
    const [rows, people] = await Promise.all([catalogue(workspace), counts(workspace)]);
    return rows.map((r) => ({
      name: r.name,
      label: r.label,
      description: r.description,
      people: people.get(r.name) ?? 0,
      createdAt: r.created_at.toISOString(),
    }));
  }

  return {
    list,

    labels: async (workspace: string) => new Map((await catalogue(workspace)).map((r) => [r.name, r.label])),

    async create(workspace: string, draft: { name: string; label: string; description: string }) {
      await put(workspace, draft);
      return (await list(workspace)).find((t) => t.name === draft.name)!;
    },

    /** Gives a person a tag; a tag that the catalogue does not know yet joins it. */
    async add(workspace: string, person: number, name: string): Promise<void> {
      await db
        .insertInto('profile_tag')
        .values({ workspace, name, label: '', description: '', created_at: new Date(clock.now()) })
        .onConflict((c) => c.columns(['workspace', 'name']).doNothing())
        .execute();
      await assign(workspace, person, name, 1);
    },

    remove: (workspace: string, person: number, name: string) => assign(workspace, person, name, 0),

    /** Takes the tag from everyone and out of the catalogue. */
    async delete(workspace: string, name: string): Promise<void> {
      const gone = await db
        .deleteFrom('profile_tag')
        .where('workspace', '=', workspace)
        .where('name', '=', name)
        .executeTakeFirst();
      if (Number(gone.numDeletedRows) === 0) throw noTag(name);
      await warehouse.command(
        `INSERT INTO profile_tag (workspace, person_id, tag, has, time, version) ${NEVER_A_REPEAT}
         SELECT DISTINCT workspace, person_id, tag, 0, fromUnixTimestamp64Milli({now:Int64}, 'UTC'), {version:UInt64}
         FROM profile_tag WHERE workspace = {workspace:String} AND tag = {name:String}`,
        { workspace, name, now: clock.now(), version: nextVersion() },
      );
    },
  };
}
export type Tags = ReturnType<typeof openTags>;
