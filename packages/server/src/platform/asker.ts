import { AsyncLocalStorage } from 'node:async_hooks';
import { AppError } from './errors.ts';

/** Somebody who waits for an answer, and may go before it comes. */
export interface Asker {
  /** Set when they have gone; its reason is what they would be told. */
  gone: AbortSignal;
  /** Whether theirs is long work that must leave room for quick questions. */
  isHeavy?: boolean;
}

/** Seconds a statement may take for which somebody waits. */
export const LONGEST_WAIT_SECONDS = 15;

const asking = new AsyncLocalStorage<Asker>();

/** Does work for somebody who waits: what it asks the warehouse ends after a while, and when they have gone. */
export function whileAsked<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
  return asking.run(asker, work);
}

/** Starts work that others wait for as well, or nobody: it goes on whoever goes. */
export function forNobody<T>(work: () => T): T {
  return asking.exit(work);
}

/** Who waits for the work at hand; null for what runs by itself. */
export function askerNow(): Asker | null {
  return asking.getStore() ?? null;
}

/** What is told to who has gone; only logs and tests hear it. */
export const givenUp = () =>
  new AppError({ code: 'request.given_up', status: 408, detail: 'The caller hung up before the answer.' });

export const tooSlow = () =>
  new AppError({
    code: 'request.too_slow',
    status: 422,
    detail: `The answer would take more than ${LONGEST_WAIT_SECONDS} seconds to compute; ask for less: fewer conditions, fewer people or a shorter time.`,
  });
