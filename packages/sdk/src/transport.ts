/** What came of sending a body. */
export interface Answer {
  /** HTTP status; 0 when there was no answer, -1 when it was handed over and no answer can be read. */
  status: number;
  /** How long the server asks to be left alone. */
  retryAfterMs?: number;
}

export interface Transport {
  /** Sends a body and tells what came of it; never rejects. `leaving` when the page may be gone before the answer. */
  send(body: string, bytes: number, leaving: boolean): Promise<Answer>;
  /** Bytes that can be sent so that they outlive the page. */
  room(): number;
}

export type Verdict = 'done' | 'later' | 'smaller' | 'never' | 'stop' | 'unknown';

/** What to do with messages after an answer. */
export function verdictOn({ status }: Answer): Verdict {
  if (status === -1) return 'unknown';
  if (status >= 200 && status < 300) return 'done';
  if (status === 413) return 'smaller';
  if (status === 400 || status === 422) return 'never';
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) return 'later';
  // A wrong key or address (or a redirect that leads nowhere): asking again from this page would not change it.
  return 'stop';
}

/** The status of an answer; a 2xx that is not our receipt (a captive portal, a login page) is no answer at all. */
export function receiptStatus(status: number, text: string): number {
  return status >= 200 && status < 300 && !text.includes('"success"') ? 0 : status;
}

const LONGEST_WAIT = 3_600_000;

/** `Retry-After` as milliseconds: seconds or a date; at most an hour. */
export function retryAfter(header: string | null | undefined, now: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return ms > 0 ? Math.min(ms, LONGEST_WAIT) : undefined;
}
