import type { ClientKey, Workspace } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import { AppError } from '../platform/errors.ts';
import { clip, storableText } from '../platform/text.ts';
import { openTurn } from '../platform/turn.ts';
import { BEYOND_KEY, MOST_GOODS_A_BODY, withinKey } from './client-key.ts';
import type { Header, PulledRows, WireBody } from './delivery.ts';
import type { EventFact, Fact } from './facts.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { DeliveryRow } from './hooks/store.ch.ts';
import { clientsId } from './message-id.ts';
import type { Plans, Verdict } from './plan/index.ts';
import type { ReadDelivery, ViolationRow } from './quality/index.ts';
import type { QuarantineRow } from './store.ch.ts';
import { eventName, LATE_DAYS, momentGiven } from './wire/call.ts';
import { aroundFault, readMessage } from './wire/protocols.ts';
import { idGiven } from './wire/segment.ts';

/** How long messages are read before others have their turn. */
const TURN_MS = 20;

/** A message that is held, under an id of its own: what tells it when it comes again. */
export interface Named extends Pick<EventFact, 'messageId' | 'name' | 'time' | 'channel'> {
  fault: QuarantineRow;
}

/** What a delivery says, and what of it is not stored. */
export interface Read {
  /** Null where the ledger does not know the workspace: it was restored from before. */
  timeZone: string | null;
  facts: Fact[];
  faults: QuarantineRow[];
  /** Those of them that have an id of their own. */
  named: Named[];
  /** Messages that were held or stored before, and would be held or turned away again; absent until that was looked up. */
  repeated?: Pick<EventFact, 'messageId' | 'name' | 'time' | 'channel'>[];
  /** Stored events that differ from the plan. */
  warned: ViolationRow[];
  /** Messages that the plan turns away. */
  rejected: { event: EventFact; verdict: Verdict }[];
  /** A webhook's call, as it is kept. */
  call?: DeliveryRow;
  /** It came by a client's key: what of it counts. */
  client?: ClientKey | null;
  /** Rows that were pulled, beside events: those that became facts, and why others did not. */
  rows?: { others: number; rejected: readonly string[] };
}

/** Reads what deliveries say: facts, what is held and why, and what the plan says of it. */
export function openReader(parts: {
  workspaces: Workspaces;
  hooks?: Hooks;
  plans?: Plans;
  /** What counts of a source whose key is a client's. */
  limitsOf?: (source: string) => Promise<ClientKey | null>;
  /** What stands in ids for words that must not be read there. */
  hidden?: (word: string) => string;
}) {
  /** The workspace of a delivery; null where the ledger does not know it, which must not hold up what is behind it. */
  async function homeOf(id: string): Promise<Workspace | null> {
    try {
      return await parts.workspaces.recent(id);
    } catch (error) {
      if (error instanceof AppError && error.status === 404) return null;
      throw error;
    }
  }

  return async function read(header: Header, body: string): Promise<Read> {
    const { workspace, replay } = header;
    const home = await homeOf(workspace);
    const timeZone = home?.timeZone ?? null;
    const out: Read = { timeZone, facts: [], faults: [], named: [], warned: [], rejected: [] };
    const ofNobody = `There is no workspace "${workspace}".`;
    if (home === null && (header.kind === 'facts' || header.kind === 'hook'))
      return { ...out, faults: [asideRow(header, 0, 'no_workspace', ofNobody, body)] };
    if (header.kind === 'facts') return { ...out, facts: JSON.parse(body) as Fact[] };
    if (header.kind === 'hook') {
      if (!parts.hooks) throw new Error('A call of a webhook is in the journal, and nothing reads it.');
      const { facts, faults, row } = await parts.hooks.read(header, body);
      const aside = faults.map((f) => asideRow(header, f.place, f.reason, f.detail, f.payload));
      const judge = await parts.plans?.judgeOf(workspace, header.source);
      for (const fact of facts) {
        // A service that calls us is not ours to mend: what it says is taken, and noted where it differs.
        const verdict = judge && fact.kind === 'event' ? judge(fact.name, fact.properties) : null;
        if (verdict && fact.kind === 'event') out.warned.push(violationRow(header, fact, verdict));
      }
      return { ...out, facts, faults: aside, call: row ?? undefined };
    }
    if (header.kind === 'pull') {
      const { facts, ...rows } = JSON.parse(body) as PulledRows;
      const judge = await parts.plans?.judgeOf(workspace, header.source);
      out.rows = rows;
      for (const fact of facts) {
        const verdict = judge && fact.kind === 'event' ? judge(fact.name, fact.properties) : null;
        // A row of somebody's table cannot be mended here: it is taken and noted, or turned away.
        if (verdict?.action === 'reject' && fact.kind === 'event')
          out.rejected.push({ event: fact, verdict });
        else {
          if (verdict && fact.kind === 'event') out.warned.push(violationRow(header, fact, verdict));
          out.facts.push(fact);
        }
      }
      return out;
    }
    if (header.kind === 'malformed') {
      const reason = header.reason ?? 'malformed_json';
      out.faults.push(asideRow(header, 0, reason, MALFORMED[reason] ?? reason, body));
      return out;
    }
    const judge = home && (await parts.plans?.judgeOf(workspace, header.source));
    const client = (await parts.limitsOf?.(header.source)) ?? null;
    out.client = client;
    const { batch, sentAt: sent, around } = JSON.parse(body) as WireBody;
    const heavy = aroundFault(around, batch.length);
    if (heavy)
      return { ...out, faults: [asideRow(header, header.first ?? 0, heavy.reason, heavy.detail, body)] };
    const sentAt = sent ? momentGiven(sent, timeZone ?? undefined) : Number.NaN;
    // A message that was held is heard as when it came.
    const receivedAt = replay?.heardAt ?? header.receivedAt;
    const room = { goods: MOST_GOODS_A_BODY };
    const turn = openTurn(TURN_MS);
    for (const [i, message] of batch.entries()) {
      // Whoever asks something of this process meanwhile is answered.
      if (turn.isOver()) await turn.next();
      const place = (header.first ?? 0) + i;
      const hold = (reason: string, detail: string, named?: Omit<Named, 'fault'>) => {
        const said = around ? { ...around, message } : message;
        const fault: QuarantineRow = {
          ...asideRow(header, place, reason, detail, JSON.stringify(said) ?? 'null'),
          event: eventName(eventOf(message)),
          sent_at: Number.isFinite(sentAt) ? sentAt : null,
          has_around: around ? 1 : 0,
        };
        out.faults.push(fault);
        if (named) out.named.push({ ...named, fault });
      };
      if (home === null) {
        hold('no_workspace', ofNobody);
        continue;
      }
      const made = readMessage(header.kind, message, {
        receivedAt,
        sentAt: Number.isFinite(sentAt) ? sentAt : null,
        ...{ currency: home.currency, timeZone: home.timeZone },
        messageId: () => `${header.id}:${place}`,
        ...(parts.hidden ? { hidden: parts.hidden } : {}),
        place,
        lateDays: LATE_DAYS,
        ...(around ? { around } : {}),
      });
      if (!Array.isArray(made)) {
        const given = header.kind === 'segment' ? idGiven(message) : undefined;
        const named = { name: eventName(eventOf(message)), time: receivedAt };
        const messageId = given && client ? clientsId(given) : given;
        hold(made.reason, made.detail, messageId === undefined ? undefined : { ...named, messageId });
        continue;
      }
      const within = client ? withinKey(made, client, room) : { facts: made, beyond: [] };
      const event = within.facts.findLast((fact) => fact.kind === 'event');
      const verdict = event && judge ? judge(event.name, event.properties) : null;
      if (event && verdict) {
        // What was held is never lost by a replay, and is taken as it is where someone says so.
        const action = replay?.accept ? 'warn' : replay ? heldAgain(verdict.action) : verdict.action;
        if (action === 'quarantine') {
          hold(verdict.reason, verdict.differences.map((one) => one.detail).join(' '), event);
          continue;
        }
        if (action === 'reject') {
          out.rejected.push({ event, verdict });
          continue;
        }
      }
      if (event && (verdict || within.beyond.length > 0))
        out.warned.push(violationRow(header, event, verdict, within.beyond));
      for (const fact of within.facts) out.facts.push(fact);
    }
    return out;
  };
}

const heldAgain = (action: Verdict['action']) => (action === 'reject' ? 'quarantine' : action);

function violationRow(
  header: Header,
  event: EventFact,
  verdict: Verdict | null,
  beyond: readonly string[] = [],
): ViolationRow {
  const differences = verdict?.differences ?? [];
  return {
    ...{ workspace: header.workspace, received_at: header.receivedAt, source: header.source },
    ...{ message_id: event.messageId, name: event.name },
    kinds: [...differences.map((one) => one.kind), ...beyond.map(() => BEYOND_KEY)],
    details: [...differences.map((one) => storableText(one.detail)), ...beyond],
  };
}

/** What of a delivery is counted: not what is nobody's, nor facts of our own, nor what was counted when it first came. */
export function countableOf({ header, read }: { header: Header; read?: Read }): ReadDelivery | null {
  if (!read || read.timeZone === null || header.kind === 'facts' || header.replay) return null;
  // A call that is read again was counted when it came.
  if (read.call && read.call.version !== header.receivedAt) return null;
  const { workspace, source, receivedAt } = header;
  return {
    ...{ workspace, source, receivedAt, timeZone: read.timeZone, facts: read.facts },
    held: [...read.faults.map((fault) => fault.reason), ...(read.rows?.rejected ?? [])],
    others: read.rows?.others ?? 0,
    warned: read.warned.map((row) => row.kinds),
    repeated: (read.repeated ?? []).map(({ name, time, channel, messageId }) => ({
      ...{ name, time, receivedAt, source, channel: channel ?? '', messageId, reasons: [], detail: '' },
    })),
    rejected: read.rejected.map(({ event, verdict }) => ({
      reasons: [verdict.reason],
      detail: verdict.differences.map((one) => one.detail).join(' '),
      ...{ name: event.name, time: event.time, receivedAt, source, channel: event.channel ?? '' },
      messageId: event.messageId,
    })),
  };
}

/** What a message calls its event, as far as can be told. */
function eventOf(message: unknown): string {
  if (typeof message !== 'object' || message === null) return '';
  const { event, name, en } = message as Record<string, unknown>;
  const said = [event, name, en].find((one) => typeof one === 'string' && one !== '');
  return storableText(String(said ?? ''));
}

/** Why nothing could be read from a body, in words. */
const MALFORMED: Record<string, string> = {
  malformed_json: 'The body is not JSON, or no message can be found in it.',
  no_batch: 'The body has no "batch": the list of messages that a call to this address brings.',
  no_events: 'The body has no "events": the list of events that a call to this address brings.',
  malformed_form: 'The body is no form with "data" or "data_list".',
  malformed_base64: '"data" or "data_list" is not base64.',
  malformed_gzip: 'The body begins like gzip and cannot be unzipped.',
};

/** The row by which a message is held. */
export function asideRow(
  header: Header,
  place: number,
  reason: string,
  detail: string,
  payload: string,
): QuarantineRow {
  return {
    workspace: header.workspace,
    id: `${header.id}:${place}`,
    received_at: header.replay?.heardAt ?? header.receivedAt,
    protocol: header.kind,
    event: '',
    sent_at: null,
    has_around: 0,
    source: header.source,
    reason,
    detail: storableText(clip(detail, 2000)),
    payload: storableText(clip(payload, 100_000)),
  };
}
