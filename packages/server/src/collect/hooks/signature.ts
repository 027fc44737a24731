import { createHash, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import type { HookCheck } from '@qianmian/contract';
import { SECOND } from '../../platform/clock.ts';
import { isObject } from '../storable.ts';
import { readBody } from './delivery-body.ts';

/** A call of a webhook, as much of it as can be signed. */
export interface Signed {
  body: Buffer;
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** What stands in the address behind the source. */
  pathToken: string | undefined;
  /** The address as the sender knows it. */
  url: string;
}

/** Why a call was refused, in words for who runs the source. */
export type Refusal = 'missing' | 'wrong' | 'old';

/** Seconds that a signed time may lie from ours where a sender's scheme names none. */
const TOLERANCE = 300;

/**
 * Whether a call is the sender's, by any of the secrets that are valid now (a rotated one is, for a while); null when it
 * is. Every comparison takes the same time whatever is given.
 */
export function refusalOf(
  check: HookCheck,
  secrets: readonly string[],
  call: Signed,
  now: number,
): Refusal | null {
  const { signed, given, time, tolerance } = claimOf(check, call);
  if (given === undefined || given === '') return 'missing';
  if (tolerance !== undefined) {
    if (time === undefined || !Number.isFinite(time)) return 'missing';
    if (Math.abs(now - time) > tolerance * SECOND) return 'old';
  }
  // All are tried, so that the time says nothing of which it was.
  const right = secrets.map((secret) => signed(secret, given));
  return right.some(Boolean) ? null : 'wrong';
}

interface Claim {
  given: string | undefined;
  signed: (secret: string, given: string) => boolean;
  /** When it was signed, where that is signed too. */
  time?: number;
  tolerance?: number;
}

function claimOf(check: HookCheck, call: Signed): Claim {
  const hmac = (algorithm: string, encoding: 'hex' | 'base64', data: (string | Buffer)[]) => {
    return (secret: string, given: string) => {
      const mac = createHmac(algorithm, secret);
      for (const part of data) mac.update(part);
      const right = mac.digest(encoding);
      // Hex is written in either case.
      return same(encoding === 'hex' ? given.toLowerCase() : given, right);
    };
  };
  switch (check.kind) {
    case 'shopify':
      return { given: call.headers['x-shopify-hmac-sha256'], signed: hmac('sha256', 'base64', [call.body]) };
    case 'woocommerce':
      return { given: call.headers['x-wc-webhook-signature'], signed: hmac('sha256', 'base64', [call.body]) };
    case 'hmac': {
      const header = call.headers[check.header.toLowerCase()];
      const { prefix = '', timestamp } = check;
      const given = header?.startsWith(prefix) ? header.slice(prefix.length) : undefined;
      if (!timestamp) return { given, signed: hmac(check.algorithm, check.encoding, [call.body]) };
      const stamp = call.headers[timestamp.header.toLowerCase()] ?? '';
      return {
        given,
        signed: hmac(check.algorithm, check.encoding, [`${stamp}${timestamp.joinedBy}`, call.body]),
        time: momentOf(stamp),
        tolerance: timestamp.toleranceSeconds,
      };
    }
    case 'token': {
      const header = check.header === undefined ? undefined : call.headers[check.header.toLowerCase()];
      const given = header?.replace(/^Bearer /i, '') ?? call.pathToken ?? call.query.token;
      return { given, signed: (secret, token) => same(token, secret) };
    }
    case 'mailgun': {
      // https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
      const body = readBody(call.body.toString('utf8'));
      const signature = isObject(body) && isObject(body.signature) ? body.signature : {};
      const [stamp, token, given] = [signature.timestamp, signature.token, signature.signature].map((one) =>
        typeof one === 'string' || typeof one === 'number' ? String(one) : undefined,
      );
      return {
        given: token === undefined ? undefined : given,
        signed: hmac('sha256', 'hex', [`${stamp}${token}`]),
        time: momentOf(stamp ?? ''),
        // What is signed says nothing of the body: a repeat hours later is refused, as their retries last eight.
        tolerance: 9 * 3600,
      };
    }
    case 'sendgrid': {
      // https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
      const stamp = call.headers['x-twilio-email-event-webhook-timestamp'] ?? '';
      return {
        given: call.headers['x-twilio-email-event-webhook-signature'],
        signed: (key, given) => isSignedBy(key, Buffer.concat([Buffer.from(stamp), call.body]), given),
        time: momentOf(stamp),
        // They sign anew each time they try again.
        tolerance: TOLERANCE * 2,
      };
    }
    case 'twilio': {
      // https://www.twilio.com/docs/usage/security#validating-requests
      const fields = [...new URLSearchParams(call.body.toString('utf8'))].sort(([a], [b]) =>
        a < b ? -1 : a > b ? 1 : 0,
      );
      const data = call.url + fields.map(([name, value]) => name + value).join('');
      return { given: call.headers['x-twilio-signature'], signed: hmac('sha1', 'base64', [data]) };
    }
  }
}

/** Seconds, milliseconds or ISO 8601. */
function momentOf(stamp: string): number {
  if (!/^\d+$/.test(stamp)) return Date.parse(stamp);
  return stamp.length > 11 ? Number(stamp) : Number(stamp) * 1000;
}

/** Compares digests of both, which are of one length whatever was given. */
function same(given: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

function isSignedBy(key: string, data: Buffer, signature: string): boolean {
  try {
    const bare = key.replace(/-----[^-]+-----|\s/g, '');
    const publicKey = createPublicKey({ key: Buffer.from(bare, 'base64'), format: 'der', type: 'spki' });
    return verify('sha256', data, publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
