/** Time and chance, handed in so that tests can turn them by hand. */
export interface Clock {
  now(): number;
  /** Calls back once after so many milliseconds; answers how to call it off. */
  after(ms: number, what: () => void): () => void;
  /** At least 0 and below 1. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, what) {
    const timer = setTimeout(what, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** A version 4 UUID out of any source of chance: `crypto.randomUUID` is not there on pages without https. */
export function uuid(random: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replace(/[xy]/g, (place) => {
    const digit = Math.floor(random() * 16);
    return (place === 'x' ? digit : (digit & 3) | 8).toString(16);
  });
}
