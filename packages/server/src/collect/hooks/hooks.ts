import type { HookMapping, Trial } from '@qianmian/contract';
import type { Workspaces } from '../../governance/index.ts';
import { type Clock, DAY } from '../../platform/clock.ts';
import { notFound } from '../../platform/errors.ts';
import { clip, storableText } from '../../platform/text.ts';
import type { Fact } from '../facts.ts';
import type { Hook, Sources } from '../sources.ts';
import { LATE_DAYS } from '../wire/call.ts';
import { type Delivered, factsOfMapped, type Mapped, mapDelivery, type Origin } from './map-delivery.ts';
import type { DeliveryRow, HookWarehouse, Outcome } from './store.ch.ts';

/** Days that calls are kept as they came. */
export const KEPT_DAYS = 30;
/** Bytes of calls that are kept of one source; the oldest go first. */
const KEPT_BYTES = 512 * 1024 * 1024;
/** Calls that are read again at once, and in all by one request. */
const REPLAYED_AT_ONCE = 50;
const REPLAYED_IN_ALL = 2000;
const FAILED: Outcome[] = ['faulted', 'held'];

/** A call as it lies in the journal; `replay` is when it was asked to be read again. */
export interface HookCall {
  headers: Record<string, string>;
  query: Record<string, string>;
  body: string;
  replay?: number;
}

/** Something of a call that could not become facts. */
export interface HookFault {
  place: number;
  reason: string;
  detail: string;
  payload: string;
}

/** What a call says, and how it is remembered. */
export interface ReadHook {
  facts: Fact[];
  faults: HookFault[];
  row: DeliveryRow | null;
}

/** Puts a call into the journal; the collector's verb. */
export type AcceptCall = (
  hook: { workspace: string; sourceId: string },
  call: HookCall,
  again?: { id: string; receivedAt: number },
) => Promise<void>;

/** Messages that a trial lists. */
const TRIED_MESSAGES = 50;

/** Webhooks: reads their calls when they come from the journal, keeps them, and reads them again. */
export function openHooks(parts: {
  sources: Sources;
  warehouse: HookWarehouse;
  workspaces: Workspaces;
  clock: Clock;
}) {
  const { sources, warehouse, workspaces, clock } = parts;
  const since = () => clock.now() - KEPT_DAYS * DAY;

  /** The facts of mapped messages, each with its place, and what could not be one. */
  function told(mapped: Mapped, origin: Origin, delivered: Delivered) {
    const facts: Fact[] = [];
    const faults: HookFault[] = [];
    if (mapped.fault) faults.push({ place: 0, ...mapped.fault, payload: delivered.body });
    for (const [place, message] of mapped.messages.entries()) {
      const made = factsOfMapped(message, origin);
      if (Array.isArray(made)) for (const fact of made) facts.push(fact);
      else faults.push({ place, ...made, payload: JSON.stringify(message) });
    }
    return { facts, faults };
  }

  async function originOf(hook: Hook, delivered: Delivered, mapped: Mapped): Promise<Origin> {
    const { currency } = await workspaces.get(hook.workspace);
    return {
      source: hook.sourceId,
      protocol: hook.preset,
      version: hook.mappingVersion,
      topic: mapped.topic,
      receivedAt: delivered.receivedAt,
      currency,
      lateDays: LATE_DAYS,
    };
  }

  return {
    /** Reads a call that comes from the journal, by the mapping of now. */
    async read(header: { source: string; id: string; receivedAt: number }, text: string): Promise<ReadHook> {
      const call = JSON.parse(text) as HookCall;
      const hook = await sources.hook(header.source);
      if (!hook) return { facts: [], faults: [ofNoSource(header.source, call.body)], row: null };
      const delivered: Delivered = { ...call, id: header.id, receivedAt: header.receivedAt };
      const row = (outcome: Outcome, more: Partial<DeliveryRow>): DeliveryRow => ({
        workspace: hook.workspace,
        source: hook.sourceId,
        received_at: header.receivedAt,
        id: header.id,
        version: call.replay ?? header.receivedAt,
        topic: '',
        bytes: Buffer.byteLength(call.body),
        outcome,
        messages: 0,
        reason: '',
        detail: '',
        mapping_version: hook.mappingVersion,
        headers: JSON.stringify(call.headers),
        query: JSON.stringify(call.query),
        body: call.body,
        ...more,
      });
      if (hook.isPaused) return { facts: [], faults: [], row: row('held', {}) };
      const home = await workspaces.get(hook.workspace);
      const mapped = mapDelivery(hook.mapping, delivered, home);
      const { facts, faults } = told(mapped, await originOf(hook, delivered, mapped), delivered);
      const fault = faults[0];
      if (fault) sources.health.failed(hook.workspace, hook.sourceId, `${fault.reason}: ${fault.detail}`);
      else sources.health.worked(hook.workspace, hook.sourceId);
      return {
        facts,
        faults,
        row: row(fault ? 'faulted' : mapped.messages.length > 0 ? 'mapped' : 'ignored', {
          topic: mapped.topic,
          messages: mapped.messages.length - (mapped.fault ? 0 : faults.length),
          reason: fault?.reason ?? '',
          detail: storableText(clip(fault?.detail ?? '', 2000)),
        }),
      };
    },

    /** Keeps calls with what became of them. */
    keep: (rows: DeliveryRow[], token: string) => warehouse.insertDeliveries(rows, `${token}:delivery`),

    /** Before what calls say is stored anew: what was set aside of them is no longer. */
    async takeBack(rows: readonly DeliveryRow[]): Promise<void> {
      const again = rows.filter((row) => row.version > row.received_at);
      for (const workspace of new Set(again.map((row) => row.workspace)))
        await warehouse.takeBackQuarantine(
          workspace,
          again.filter((row) => row.workspace === workspace).map((row) => row.id),
        );
    },

    /** How many events a call is, as far as quotas go: what it would become, and at least itself. */
    async weight(hook: Hook, call: HookCall): Promise<number> {
      if (hook.isPaused) return 1;
      const home = await workspaces.get(hook.workspace);
      const delivered: Delivered = { ...call, id: 'weight', receivedAt: clock.now() };
      return Math.max(1, mapDelivery(hook.mapping, delivered, home).messages.length);
    },

    /** What a payload would become; nothing is stored. */
    async try(hook: Hook, mapping: HookMapping, sample: HookCall): Promise<Trial> {
      const home = await workspaces.get(hook.workspace);
      const delivered: Delivered = { ...sample, id: 'trial', receivedAt: clock.now() };
      const mapped = mapDelivery(mapping, delivered, home);
      const { facts, faults } = told(mapped, await originOf(hook, delivered, mapped), delivered);
      const kinds = new Map<string, number>();
      for (const { kind } of facts) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      return {
        topic: mapped.topic,
        messages: mapped.messages.slice(0, TRIED_MESSAGES).map((message) => ({ ...message })),
        messagesInAll: mapped.messages.length,
        facts: [...kinds].map(([kind, count]) => ({ kind, count })),
        faults: faults
          .slice(0, TRIED_MESSAGES)
          .map(({ place, reason, detail }) => ({ message: mapped.fault ? null : place, reason, detail })),
      };
    },

    list: (workspace: string, source: string, page: { outcome?: Outcome; limit: number; offset: number }) =>
      warehouse.deliveries(workspace, source, { ...page, outcome: page.outcome ?? '', since: since() }),

    async one(workspace: string, source: string, id: string) {
      const found = await warehouse.delivery(workspace, source, id, since());
      if (!found) throw notFound('delivery', id);
      const { headers, query, ...rest } = found;
      return { ...rest, headers: textsOf(headers), query: textsOf(query) };
    },

    /**
     * Puts calls into the journal again: one, or all that failed or were held. Messages that are stored already stay
     * single, as their ids are those of the sender.
     */
    async replay(hook: Hook, accept: AcceptCall, id?: string): Promise<{ replayed: number; left: number }> {
      const { workspace, sourceId } = hook;
      const again = async (
        call: { id: string; at: number; body: string },
        parts: Pick<HookCall, 'headers' | 'query'>,
      ) =>
        accept(
          hook,
          { ...parts, body: call.body, replay: Math.max(clock.now(), call.at + 1) },
          { id: call.id, receivedAt: call.at },
        );
      if (id !== undefined) {
        const one = await this.one(workspace, sourceId, id);
        await again(one, one);
        return { replayed: 1, left: 0 };
      }
      const filter = { since: since(), outcomes: FAILED, limit: REPLAYED_AT_ONCE };
      let [replayed, afterTime, afterId] = [0, 0, ''];
      while (replayed < REPLAYED_IN_ALL) {
        const calls = await warehouse.unread(workspace, sourceId, { ...filter, afterTime, afterId });
        for (const call of calls)
          await again(call, { headers: textsOf(call.headers), query: textsOf(call.query) });
        replayed += calls.length;
        const last = calls.at(-1);
        if (!last || calls.length < REPLAYED_AT_ONCE) return { replayed, left: 0 };
        [afterTime, afterId] = [last.at, last.id];
      }
      const all = await warehouse.countUnread(workspace, sourceId, filter.since, FAILED);
      return { replayed, left: Math.max(0, all - replayed) };
    },

    /** Deletes calls that need not be kept any longer. */
    tidy: () => warehouse.tidyDeliveries(since(), KEPT_BYTES),
  };
}
export type Hooks = ReturnType<typeof openHooks>;

/** A call whose source the ledger does not know (it was restored from before): it must not hold up what is behind it. */
function ofNoSource(source: string, payload: string): HookFault {
  return { place: 0, reason: 'bad_mapping', detail: `There is no webhook "${source}" any more.`, payload };
}

function textsOf(json: string): Record<string, string> {
  return JSON.parse(json) as Record<string, string>;
}
