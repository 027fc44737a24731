import { tooSlow } from './errors.ts';

/** Does what somebody waits for: it is given up when its time is over, or when nobody waits any more. */
export async function within<T>(
  limitMs: number,
  gone: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(tooSlow(limitMs)), limitMs);
  try {
    return await work(gone ? AbortSignal.any([gone, late.signal]) : late.signal);
  } finally {
    clearTimeout(timer);
  }
}
