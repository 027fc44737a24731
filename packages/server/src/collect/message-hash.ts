import { hash, hkdfSync } from 'node:crypto';
import { hash64 } from '../platform/hash64.ts';
import { isClients } from './message-id.ts';

/** Stands for a message's id: 64 bits as two unsigned halves, written into `out[0]` (low) and `out[1]` (high). */
export type MessageHash = (messageId: string, out: Uint32Array) => void;

/**
 * How ids of messages are hashed in an installation. What a client's key says is under ids that anybody may choose: these
 * go through SHA-256 behind a key of the installation's, so that nobody can look for one with the hash of what a server is
 * going to say, which would then pass for a repeat. All processes with the installation's secret agree, for as long as it
 * is kept.
 */
export function openMessageHash(secret: Buffer): MessageHash {
  // Of a length: nothing of an id can pass for a part of it.
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'qianmian ids of clients’ messages', 32)).toString(
    'hex',
  );
  return (messageId, out) => {
    if (!isClients(messageId)) return hash64(messageId, out);
    const digest = hash('sha256', key + messageId, 'hex');
    out[0] = Number.parseInt(digest.slice(0, 8), 16);
    out[1] = Number.parseInt(digest.slice(8, 16), 16);
  };
}

/**
 * The hash under which a client's message was stored before there was a key; false for others. To be asked for beside the
 * other: a client's id that has the hash of anything stored only makes itself a repeat.
 */
export function hashBefore(messageId: string, out: Uint32Array): boolean {
  if (!isClients(messageId)) return false;
  hash64(messageId, out);
  return true;
}

/** A hash as decimal digits: it is wider than a double. */
export const digitsOf = ([low, high]: Uint32Array): string =>
  ((BigInt(high!) << 32n) | BigInt(low!)).toString();
