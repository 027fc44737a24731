import { DAY } from '../platform/clock.ts';
import type { Header } from './delivery.ts';
import { grouped } from './grouped.ts';
import { digitsOf, type MessageHash } from './message-hash.ts';
import type { Named, Read } from './read-delivery.ts';
import { REMEMBER_DAYS } from './seen-messages.ts';
import type { CollectWarehouse } from './store.ch.ts';

/** Whether a message is stored and arrived in the last 30 days. */
type IsStored = (workspace: string, messageId: string, at: number) => boolean;
type One = { header: Header; read?: Read };

/**
 * Tells which messages that are to be held or turned away came before: as they are stored and held once, they count once.
 * What is held is asked for only where something is to be held, so that all others come by without a question.
 */
export function openHeldBefore(parts: {
  hashOf: MessageHash;
  warehouse: Pick<CollectWarehouse, 'heldUnder'>;
}) {
  const out = new Uint32Array(2);
  const hashOf = (messageId: string): string => {
    parts.hashOf(messageId, out);
    return digitsOf(out);
  };

  /** Rows under which messages of a workspace are held already, by hash. */
  async function rowsHeld(workspace: string, of: readonly One[]) {
    const hashes = of.flatMap(({ read }) => read!.named.map(({ fault }) => fault.message_hash!));
    const since = Math.min(...of.map(({ header }) => header.receivedAt)) - REMEMBER_DAYS * DAY;
    return grouped(await parts.warehouse.heldUnder(workspace, hashes, since), (row) => row.hash);
  }

  /** Takes repeats out of what one delivery has to be held or turned away, and notes what it tells itself. */
  function settle(
    { header, read }: One,
    held: Awaited<ReturnType<typeof rowsHeld>>,
    before: Set<string>,
    isStored: IsStored,
  ) {
    const { workspace, receivedAt } = header;
    const { facts, named } = read!;
    for (const fact of facts) if (fact.kind === 'event') before.add(fact.messageId);
    const came = (id: string) => before.has(id) || isStored(workspace, id, receivedAt);
    const repeated: Named[] = [];
    for (const one of named) {
      const isHeld = held
        .get(one.fault.message_hash!)
        ?.some((row) => row.id !== one.fault.id && row.at >= receivedAt - REMEMBER_DAYS * DAY);
      if (isHeld || came(one.messageId)) repeated.push(one);
      before.add(one.messageId);
    }
    const out = new Set(repeated.map((one) => one.fault));
    read!.faults = read!.faults.filter((fault) => !out.has(fault));
    const turned = read!.rejected.filter(({ event }) => came(event.messageId));
    read!.rejected = read!.rejected.filter((one) => !turned.includes(one));
    read!.repeated = [...repeated, ...turned.map(({ event }) => event)];
  }

  /** Settles deliveries that were read and stand in their order, each once. */
  return async function settleHeld(deliveries: readonly One[], isStored: IsStored): Promise<void> {
    // A message that was held goes the road again: it is no repeat of itself.
    const fresh = deliveries.filter(({ header, read }) => read && !read.repeated && !header.replay);
    for (const { read } of deliveries)
      for (const { fault, messageId } of read?.named ?? []) fault.message_hash ??= hashOf(messageId);
    const isAsked = ({ read }: One) => read!.named.length > 0 || read!.rejected.length > 0;
    if (!fresh.some(isAsked)) return;
    for (const [workspace, all] of grouped(fresh, ({ header }) => header.workspace)) {
      if (!all.some(isAsked)) continue;
      const holding = all.filter(({ read }) => read!.named.length > 0);
      const held: Awaited<ReturnType<typeof rowsHeld>> =
        holding.length > 0 ? await rowsHeld(workspace, holding) : new Map();
      const before = new Set<string>();
      for (const one of all) settle(one, held, before, isStored);
    }
  };
}
