import type { JournalRecord } from '../platform/journal.ts';
import type { Fact } from './facts.ts';
import type { Replay, ReplayMark } from './quality/index.ts';
import { storableJson } from './storable.ts';
import type { Protocol } from './wire/protocols.ts';

/** What lies in the journal: a header line and the payload as it came. */
export interface Header {
  kind: Protocol | 'facts' | 'malformed' | 'hook' | 'pull';
  /** Why nothing could be read from a body. */
  reason?: string;
  workspace: string;
  source: string;
  receivedAt: number;
  id: string;
  /** Place of the body's first message in what was delivered, where a delivery was parted. */
  first?: number;
  /** Of a message that was held before: it goes the same road again. */
  replay?: ReplayMark;
}

/** What was read of a source that is pulled: facts of its rows, how many rows told no event, and why others were left. */
export interface PulledRows {
  facts: readonly Fact[];
  /** Rows that became facts and tell no event. */
  others: number;
  /** Reason of each row that was turned away. */
  rejected: readonly string[];
}

/** A record of the journal: what was handed in at once, and where it lies. */
export interface Delivery {
  header: Header;
  body: string;
  begin: number;
  end: number;
}

/** What a body says: its messages, and what was said of all of them. */
export interface WireBody {
  batch: readonly unknown[];
  sentAt?: unknown;
  around?: Record<string, unknown> | undefined;
}

/** A record of the journal, as `opened` reads it. */
export function recordOf(head: Header, payload: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(payload)]);
}

/** Reads a record of the journal, without what its body says. */
export function opened({ payload, end }: JournalRecord, begin: number): Delivery {
  const line = payload.indexOf(10);
  const header = JSON.parse(payload.toString('utf8', 0, line)) as Header;
  return { header, body: payload.toString('utf8', line + 1), begin, end };
}

/** The bodies of a delivery's messages, one each; the whole where it is nested too deep to be written again. */
export function messagesOf(header: Header, body: string): string[] {
  try {
    return partsOf(header, body);
  } catch (error) {
    if (error instanceof RangeError) return [body];
    throw error;
  }
}

/** Messages as text; those nested too deep to be written as they are, with their depth cut. */
export function bodyText({ batch, sentAt, around }: WireBody): string {
  const body = { batch, ...(sentAt ? { sentAt } : {}), ...(around ? { around } : {}) };
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify({ ...body, batch: batch.map(storableJson), around: storableJson(around) });
  }
}

function partsOf(header: Header, body: string): string[] {
  if (header.kind === 'malformed' || header.kind === 'hook') return [body];
  if (header.kind === 'pull')
    return (JSON.parse(body) as PulledRows).facts.map((fact) =>
      JSON.stringify({ facts: [fact], others: 0, rejected: [] } satisfies PulledRows),
    );
  if (header.kind === 'facts') return (JSON.parse(body) as Fact[]).map((fact) => JSON.stringify([fact]));
  const { batch, ...rest } = JSON.parse(body) as WireBody;
  return batch.map((message) => JSON.stringify({ ...rest, batch: [message] }));
}

/** The header of a message that was held: its id and place are those it had, so that it is the same message. */
export function replayHeader({ workspace, source, protocol, replay }: Replay, receivedAt: number): Header {
  const at = replay.id.lastIndexOf(':');
  return {
    ...{ kind: protocol as Protocol, workspace, source, receivedAt, replay },
    id: replay.id.slice(0, at),
    first: Number(replay.id.slice(at + 1)),
  };
}

/** The body of a message that was held, mended where it was. */
export function replayBody({ mended }: Replay): Buffer {
  const { messages: batch, around, sentAt } = mended;
  return Buffer.from(bodyText({ batch, sentAt, around }));
}
