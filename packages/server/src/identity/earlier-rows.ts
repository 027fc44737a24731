import { hash64 } from '../platform/hash64.ts';
import { TOLD } from './evidence-graph.ts';
import { RANK } from './rules.ts';
import { earliness, type IdentityWarehouse, type LinkRow } from './store.ch.ts';

/**
 * Gives numbers to identifiers of before they had any, and keeps who they are: what was one person then is told to be one.
 * Evidence comes before the rows that end this, so that it may be repeated.
 */
export async function numberEarlier(
  workspace: string,
  store: IdentityWarehouse,
  last: number,
): Promise<void> {
  const rows = await store.unnumbered(workspace);
  if (rows.length === 0) return;
  const hash = new Uint32Array(2);
  const links: LinkRow[] = [];
  const strongest = new Map<number, { node: number; rank: number }>();
  for (const row of rows) {
    hash64(`${row.type}\n${row.value}`, hash);
    const anchor = last + 1 + links.length;
    links.push({
      ...row,
      workspace,
      anchor,
      number: 0,
      first_person_id: row.person_id,
      first_told: Math.max(0, Math.floor(row.first_seen / 1000)),
      version: row.version + 1,
      hash: String((BigInt(hash[1]!) << 32n) | BigInt(hash[0]!)),
    });
    const rank = RANK.get(row.type) ?? 255;
    if (rank < (strongest.get(row.person_id)?.rank ?? 256))
      strongest.set(row.person_id, { node: anchor, rank });
  }
  for (const link of links)
    if (strongest.get(link.person_id)!.node === link.anchor) link.number = link.person_id;
  const told = (a: number, b: number, row: { first_seen: number; import_id: string }) => {
    const seconds = Math.max(0, Math.floor(row.first_seen / 1000));
    return {
      workspace,
      a,
      b,
      kind: TOLD,
      import_id: row.import_id,
      source: '',
      seconds,
      earliness: earliness(seconds),
    };
  };
  const evidence = links.flatMap((link) => {
    const { node } = strongest.get(link.person_id)!;
    return node === link.anchor ? [] : [told(node, link.anchor, link)];
  });
  for (const [person, survivor] of await store.survivors(workspace)) {
    const [a, b] = [strongest.get(survivor), strongest.get(person)];
    if (a && b) evidence.push(told(a.node, b.node, { first_seen: 0, import_id: '' }));
  }
  await store.insertEvidence(evidence);
  await store.insertLinks(links);
}
