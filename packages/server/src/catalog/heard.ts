import { MINUTE } from '../platform/clock.ts';
import type { CatalogWarehouse } from './store.ch.ts';

/**
 * So many products, and as many stores, may be known of a workspace that only keys of pages told of, which anybody can
 * read; so many of them may be new a minute, and so many be looked up to see whether they are.
 */
export const MOST_HEARD = { all: 20_000, newAMinute: 2000, lookedUpAMinute: 10_000 };

export type Kind = 'product' | 'store';

interface Room {
  /** Ids that only keys of pages told of. */
  ids: Set<string>;
  minute: number;
  lookedUp: number;
  fresh: number;
}

/** What only keys of pages told of in each workspace, and whether there is room for more. */
export function openHeard(store: Pick<CatalogWarehouse, 'heardIds' | 'insertHeard'>) {
  const rooms = new Map<string, Promise<Room>>();

  function roomOf(workspace: string, kind: Kind): Promise<Room> {
    const key = `${kind}\n${workspace}`;
    const room =
      rooms.get(key) ??
      store
        .heardIds(workspace, kind)
        .then((ids) => ({ ids: new Set(ids), minute: 0, lookedUp: 0, fresh: 0 }));
    rooms.set(key, room);
    room.catch(() => rooms.delete(key));
    return room;
  }

  async function roomAt(workspace: string, kind: Kind, now: number): Promise<Room> {
    const room = await roomOf(workspace, kind);
    const minute = Math.floor(now / MINUTE);
    if (minute !== room.minute) Object.assign(room, { minute, lookedUp: 0, fresh: 0 });
    return room;
  }

  return {
    /** As many of some ids as may be looked up in this minute. */
    async lookUp(workspace: string, kind: Kind, ids: readonly string[], now: number): Promise<string[]> {
      const room = await roomAt(workspace, kind, now);
      const taken = ids.slice(0, MOST_HEARD.lookedUpAMinute - room.lookedUp);
      room.lookedUp += taken.length;
      return taken;
    },

    /** Which of some ids that nobody told of before may be known from now on. */
    async admit(
      workspace: string,
      kind: Kind,
      ids: readonly string[],
      { now, version, token }: { now: number; version: number; token: string },
    ): Promise<Set<string>> {
      const room = await roomAt(workspace, kind, now);
      const admitted = new Set<string>();
      for (const id of ids) {
        if (!room.ids.has(id)) {
          if (room.ids.size >= MOST_HEARD.all || room.fresh >= MOST_HEARD.newAMinute) continue;
          room.ids.add(id);
          room.fresh += 1;
        }
        admitted.add(id);
      }
      const rows = [...admitted].map((id) => ({ workspace, kind, id, client: 1, version }));
      await store.insertHeard(rows, token && `${token}:heard-${kind}`);
      return admitted;
    },

    /** Notes that a server, a file or a service tells of these: they are no longer of pages alone. */
    async told(
      workspace: string,
      kind: Kind,
      ids: Iterable<string>,
      { version, token }: { version: number; token: string },
    ): Promise<void> {
      const room = await roomOf(workspace, kind);
      if (room.ids.size === 0) return;
      const moved = [...new Set(ids)].filter((id) => room.ids.has(id));
      const rows = moved.map((id) => ({ workspace, kind, id, client: 0, version }));
      await store.insertHeard(rows, token && `${token}:told-${kind}`);
      // Only now: what could not be written is tried again.
      for (const id of moved) room.ids.delete(id);
    },

    ids: async (workspace: string, kind: Kind): Promise<string[]> => [...(await roomOf(workspace, kind)).ids],

    /** Forgets what is remembered of a workspace, after some of it was taken out. */
    forget(workspace: string): void {
      for (const kind of ['product', 'store']) rooms.delete(`${kind}\n${workspace}`);
    },
  };
}
export type Heard = ReturnType<typeof openHeard>;
