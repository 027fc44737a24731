import type { FactBatch, QuarantineRow } from '../collect/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { isConsentTrait } from './consent.ts';

/**
 * So many names may traits of a workspace have: the keys of live sources are public, and a sender that writes ids into
 * names would make a portrait nobody can read. Files come from members and may bring more.
 */
export const MOST_NAMES = { live: 1000, all: 2000 };
/** Names the portrait reads: always taken. */
const WELL_KNOWN = new Set(
  'name firstName lastName email phone gender birthday city country address.city address.country'.split(' '),
);
const TOLD = 100;

/** Sets aside what is not kept, where people look for it. */
export type SetAside = (rows: QuarantineRow[], token: string) => Promise<unknown>;

/** The names traits have in each workspace, and whether there is room for more. */
export function openTraitNames(parts: { warehouse: Warehouse; setAside: SetAside }) {
  const kept = new Map<string, Promise<Set<string>>>();

  function namesIn(workspace: string): Promise<Set<string>> {
    const known = kept.get(workspace) ?? ask(workspace);
    kept.set(workspace, known);
    known.catch(() => kept.delete(workspace));
    return known;
  }

  async function ask(workspace: string): Promise<Set<string>> {
    const rows = await parts.warehouse.query<{ name: string }>(
      'SELECT DISTINCT name FROM profile_trait WHERE workspace = {workspace:String}',
      { workspace },
    );
    return new Set(rows.map((row) => row.name));
  }

  return {
    /** Which names of a batch are kept; the others are told in quarantine, without values. */
    async admit(batch: FactBatch): Promise<(name: string) => boolean> {
      const names = await namesIn(batch.workspace);
      const most = batch.importId === '' ? MOST_NAMES.live : MOST_NAMES.all;
      const leftOut = new Set<string>();
      for (const { fact, personId } of batch.people) {
        if (personId === 0) continue;
        for (const name of Object.keys(fact.traits)) {
          if (names.has(name) || isConsentTrait(name)) continue;
          if (names.size < most || WELL_KNOWN.has(name)) names.add(name);
          else leftOut.add(name);
        }
      }
      if (leftOut.size > 0)
        await parts.setAside([asideRow(batch, [...leftOut], most)], `${batch.token}:names`);
      return (name) => !leftOut.has(name);
    },

    /** Forgets what is known of a workspace, after traits were taken out. */
    forget: (workspace: string) => void kept.delete(workspace),
  };
}
export type TraitNames = ReturnType<typeof openTraitNames>;

function asideRow(batch: FactBatch, leftOut: readonly string[], most: number): QuarantineRow {
  return {
    workspace: batch.workspace,
    id: `${batch.token}:names`,
    received_at: batch.receivedAt,
    source: batch.source,
    reason: 'too_many_traits',
    detail: `Traits of this workspace have ${most} names, the most there may be: ${leftOut.length} more were not kept.`,
    payload: JSON.stringify(leftOut.slice(0, TOLD)),
  };
}
