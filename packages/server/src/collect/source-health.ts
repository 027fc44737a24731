import { dayIn } from '@qianmian/contract';
import { sql } from 'kysely';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, SECOND } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import { clip, storableText } from '../platform/text.ts';
import type { CollectTables } from './store.pg.ts';

interface Noted {
  workspace: string;
  refused: number;
  /** Whether the last of it went well. */
  isWell: boolean;
  /** The last fault, in words, and when it was. */
  error: string | null;
  at: number;
}

/**
 * How sources fare. It is noted in memory and written at most once a second: who sends nonsense must not make the ledger
 * work for every call.
 */
export function openSourceHealth(parts: { ledger: Ledger; workspaces: Workspaces; clock: Clock }) {
  const db = parts.ledger.withTables<CollectTables>();
  let noted = new Map<string, Noted>();
  /** Sources known to be well, as far as this process has seen: nothing has to be written of them. */
  const well = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function note(workspace: string, source: string, error: string | null, refused: number): void {
    const before = noted.get(source);
    if (error === null && !before && well.has(source)) return;
    noted.set(source, {
      workspace,
      refused: (before?.refused ?? 0) + refused,
      isWell: error === null,
      error: error === null ? (before?.error ?? null) : clip(storableText(error), 500),
      at: error === null ? (before?.at ?? parts.clock.now()) : parts.clock.now(),
    });
    timer ??= setTimeout(() => void flush().catch(() => {}), SECOND).unref();
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const taken = noted;
    noted = new Map();
    writing = writing
      .catch(() => {})
      .then(async () => {
        for (const [source, one] of taken) await write(source, one);
      });
    return writing;
  }

  async function write(source: string, { workspace, refused, isWell, error, at }: Noted): Promise<void> {
    const time = new Date(at);
    await db
      .updateTable('collect_source')
      .set({
        failing_since: isWell ? null : (sql`coalesce(failing_since, ${time})` as never),
        ...(error === null ? {} : { last_error: error, last_error_at: time }),
      })
      .where('id', '=', source)
      .execute();
    if (isWell) well.add(source);
    else well.delete(source);
    if (refused === 0) return;
    const day = dayIn((await parts.workspaces.get(workspace)).timeZone, at);
    await db
      .insertInto('collect_source_refused')
      .values({ source, day, calls: refused })
      .onConflict((c) =>
        c
          .columns(['source', 'day'])
          .doUpdateSet({ calls: sql`collect_source_refused.calls + ${refused}` as never }),
      )
      .execute();
  }

  return {
    worked: (workspace: string, source: string) => note(workspace, source, null, 0),
    failed: (workspace: string, source: string, error: string) => note(workspace, source, error, 0),
    refused: (workspace: string, source: string, error: string) => note(workspace, source, error, 1),

    flush,

    /** Calls refused on a day, by source. */
    async refusedOn(workspace: string, day: string): Promise<Map<string, number>> {
      const rows = await db
        .selectFrom('collect_source_refused')
        .innerJoin('collect_source', 'collect_source.id', 'collect_source_refused.source')
        .select(['source', 'calls'])
        .where('workspace', '=', workspace)
        .where('day', '=', sql<string>`${day}::date`)
        .execute();
      return new Map(rows.map((r) => [r.source, Number(r.calls)]));
    },
  };
}
