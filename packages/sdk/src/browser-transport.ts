import type { Clock } from './clock.ts';
import { type Answer, receiptStatus, retryAfter, type Transport } from './transport.ts';

/** What a browser lets requests that outlive their page weigh together, with some room to spare. */
const KEEPALIVE_BYTES = 63_000;
const TIMEOUT_MS = 20_000;
const REFUSED_MS = 20;

/**
 * Sends text/plain without headers or cookies of ours, so that no browser asks the server for leave first (CORS
 * preflight); the server reads what it is by its content.
 */
export function browserTransport(address: string, clock: Clock): Transport {
  let outliving = 0;
  const canOutlive = typeof Request === 'function' && 'keepalive' in Request.prototype;

  async function post(body: string, keepalive: boolean): Promise<Answer> {
    const abort = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => abort.abort());
    try {
      const answer = await fetch(address, {
        method: 'POST',
        body,
        keepalive,
        credentials: 'omit',
        cache: 'no-store',
        signal: abort.signal,
      });
      return {
        status: receiptStatus(answer.status, await answer.text()),
        retryAfterMs: retryAfter(answer.headers.get('retry-after'), clock.now()),
      };
    } catch {
      return { status: 0 };
    } finally {
      cancel();
    }
  }

  return {
    room: () => (canOutlive ? KEEPALIVE_BYTES - outliving : KEEPALIVE_BYTES),
    async send(body, bytes, leaving) {
      if (leaving && !canOutlive)
        return { status: navigator.sendBeacon?.(address, new Blob([body], { type: 'text/plain' })) ? -1 : 0 };
      const keepalive = canOutlive && bytes <= KEEPALIVE_BYTES - outliving;
      if (!keepalive) return post(body, false);
      const began = clock.now();
      outliving += bytes;
      const answer = await post(body, true);
      outliving -= bytes;
      // Other scripts of the page share what may outlive it; what is refused at once for that goes the ordinary way.
      const isRefused = answer.status === 0 && clock.now() - began < REFUSED_MS;
      return isRefused && !leaving ? post(body, false) : answer;
    },
  };
}
