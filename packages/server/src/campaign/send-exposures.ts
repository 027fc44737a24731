import type { CampaignWarehouse } from './store.ch.ts';
import { type CampaignRow, type Db, recipientsAfter } from './store.pg.ts';

const CHUNK = 10_000;

/** Tells the warehouse who is on which side of a campaign, as the ledger has it, and what they are known by. Safe to repeat. */
export async function recordExposures(
  parts: { db: Db; warehouse: Pick<CampaignWarehouse, 'insertExposures' | 'keepUnits'> },
  row: CampaignRow,
): Promise<void> {
  const assigned_at = (row.launched_at as Date).getTime();
  for (let after = 0; ; ) {
    const people = await recipientsAfter(parts.db, row.id, after, CHUNK);
    if (people.length === 0) break;
    await parts.warehouse.insertExposures(
      people.map((p) => ({
        workspace: row.workspace,
        campaign_id: row.id,
        person_id: p.person_id,
        arm: p.state === 'control' ? 'control' : 'treated',
        assigned_at,
      })),
      `campaign:${row.id}:${after}`,
    );
    after = people.at(-1)!.person_id;
  }
  await parts.warehouse.keepUnits(row.workspace, row.id);
}
