import { Readable } from 'node:stream';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection, { type SMTPConnectionAuth } from 'nodemailer/lib/smtp-connection';
import { SECOND } from '../platform/clock.ts';
import { messageOf } from '../platform/errors.ts';

/**
 * What became of a message handed to the mail server. `refused` is for good; `later` may work another time and surely
 * was not delivered; `unreachable` says the same of the server as a whole, which is away or takes nothing from us (a
 * daily limit, a sender it does not know): no recipient's fault; `unknown` was on its way when the line went
 * dead: it may have been delivered and must not be sent again by itself.
 */
export type Delivery =
  | { fate: 'sent'; response: string }
  | { fate: 'refused' | 'later' | 'unreachable' | 'unknown'; why: string };

export interface Envelope {
  from: string;
  to: string;
}

/** A mail server, spoken to over a few kept connections. */
export interface MailServer {
  send(envelope: Envelope, message: Buffer): Promise<Delivery>;
  close(): void;
}

interface MailFault extends Error {
  responseCode?: number;
  response?: string;
  code?: string;
  /** What was answered: MAIL FROM, RCPT TO, DATA for both the command and the body. */
  command?: string;
}

/** So many refusals of policy, one after another and of nobody a taken letter between, are about the sender. */
const POLICY_REFUSALS = 5;

/** Speaks SMTP itself, not through nodemailer's pool, which sends a message again when a connection breaks under it. */
export function openMailServer(where: {
  url: string;
  connections: number;
  /** Most messages a second; null for as fast as the server takes them. */
  perSecond: number | null;
  timeoutMs?: number;
}): MailServer {
  const { host, port, secure, auth, tls, requireTLS, ignoreTLS } = parseConnectionUrl(where.url);
  const timeout = where.timeoutMs ?? 60 * SECOND;
  const idle: SMTPConnection[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  let nextAt = 0;
  let closed = false;
  let policyRefusals = 0;

  /** A server that finds fault with whomever we write to finds fault with us. */
  function judged(delivery: Delivery): Delivery {
    if (delivery.fate === 'sent') policyRefusals = 0;
    if (delivery.fate !== 'refused' || !POLICY.test(delivery.why)) return delivery;
    policyRefusals += 1;
    return policyRefusals < POLICY_REFUSALS ? delivery : { ...delivery, fate: 'unreachable' };
  }

  /** Waits for one of the places; connections themselves are made when first needed. */
  async function takePlace(): Promise<void> {
    if (open >= where.connections) await new Promise<void>((resolve) => waiting.push(resolve));
    else open += 1;
  }

  function givePlace(): void {
    const next = waiting.shift();
    if (next) next();
    else open -= 1;
  }

  async function throttle(): Promise<void> {
    if (!where.perSecond) return;
    const now = performance.now();
    nextAt = Math.max(now, nextAt + SECOND / where.perSecond);
    if (nextAt > now) await new Promise((resolve) => setTimeout(resolve, nextAt - now));
  }

  function connect(): Promise<SMTPConnection> {
    const connection = new SMTPConnection({
      host: host ?? 'localhost',
      port,
      secure,
      tls,
      requireTLS: requireTLS === true,
      ignoreTLS: ignoreTLS === true,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
    });
    return new Promise((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((fault) => {
        if (fault) return reject(fault);
        if (!auth) return resolve(connection);
        connection.login(auth as SMTPConnectionAuth, (refusal) =>
          refusal ? reject(refusal) : resolve(connection),
        );
      });
    });
  }

  function keptConnection(): SMTPConnection | null {
    for (let kept = idle.pop(); kept; kept = idle.pop()) if (!isDead(kept)) return kept;
    return null;
  }

  async function freshConnection(): Promise<SMTPConnection> {
    const made = await connect();
    // Once it is in use, a broken line is reported to whoever is sending; an idle one is found dead when taken.
    made.removeAllListeners('error');
    made.on('error', () => {});
    return made;
  }

  /** Sends over one connection and keeps it when it can be used again; null when the line was dead before the body. */
  async function sendOver(
    connection: SMTPConnection,
    envelope: Envelope,
    message: Buffer,
  ): Promise<Delivery | null> {
    let begun = false;
    // The body is only asked for after the server said "354 go on": before that nothing can have been delivered.
    const body = new Readable({
      read() {
        begun = true;
        this.push(message);
        this.push(null);
      },
    });
    const delivery = await new Promise<Delivery | null>((resolve) => {
      connection.send({ from: envelope.from, to: [envelope.to] }, body, (fault, info) => {
        if (!fault) return resolve({ fate: 'sent', response: info?.response ?? '' });
        resolve(deliveryOf(fault, begun));
      });
    });
    if (delivery === null || delivery.fate === 'unknown' || isDead(connection) || closed) connection.close();
    else if (delivery.fate === 'sent') idle.push(connection);
    else await resetOrClose(connection);
    return delivery;
  }

  function resetOrClose(connection: SMTPConnection): Promise<void> {
    return new Promise((resolve) => {
      connection.reset((fault) => {
        if (fault || closed) connection.close();
        else idle.push(connection);
        resolve();
      });
    });
  }

  /** Over a kept connection first; when that turns out to be dead, over a new one. */
  async function deliver(envelope: Envelope, message: Buffer): Promise<Delivery> {
    const kept = keptConnection();
    const first = kept && (await sendOver(kept, envelope, message));
    if (first) return first;
    let fresh: SMTPConnection;
    try {
      fresh = await freshConnection();
    } catch (error) {
      return { fate: 'unreachable', why: messageOf(error) };
    }
    const second = await sendOver(fresh, envelope, message);
    return second ?? { fate: 'later', why: 'The mail server hung up before it took the message.' };
  }

  return {
    async send(envelope, message) {
      await takePlace();
      try {
        await throttle();
        return judged(await deliver(envelope, message));
      } finally {
        givePlace();
      }
    },
    close() {
      closed = true;
      for (const connection of idle.splice(0)) connection.quit();
    },
  };
}

function isDead(connection: SMTPConnection): boolean {
  const { _destroyed, _closing } = connection as unknown as { _destroyed?: boolean; _closing?: boolean };
  return Boolean(_destroyed || _closing);
}

// Status codes of RFC 3463: a policy or a check of who sends, and a system that takes no more.
const POLICY = /\b5\.7\.\d{1,3}\b/;
const NO_MORE = /\b[45]\.4\.5\b/;

/** Reads a failure: an answer of the server is definite; a dead line only where the body had not been begun (null). */
function deliveryOf(fault: MailFault, begun: boolean): Delivery | null {
  const why = messageOf(fault).slice(0, 300);
  if (fault.responseCode) {
    if (isAboutUs(fault, begun)) return { fate: 'unreachable', why };
    return { fate: fault.responseCode >= 500 ? 'refused' : 'later', why };
  }
  if (fault.code === 'EENVELOPE' || fault.code === 'EMESSAGE') return { fate: 'refused', why };
  return begun ? { fate: 'unknown', why } : null;
}

/** Whether the server refused us: only the answers to a recipient's address and to the letter are about the recipient. */
function isAboutUs({ responseCode, response, command }: MailFault, begun: boolean): boolean {
  if (responseCode === 421 || NO_MORE.test(response ?? '')) return true;
  return command !== 'RCPT TO' && !(command === 'DATA' && begun);
}
