import { useSyncExternalStore } from 'react';

// How far the server's clock is from the browser's: little as a rule, weeks in a demo that was let run ahead.
let aheadMs = 0;
const watching = new Set<() => void>();

const MINUTE = 60_000;

/** Below this the difference is the way of the answer, not of the clocks. */
const NOISE_MS = 2000;

/** The time the server goes by. Whatever is said relative to now is relative to this. */
export const serverNow = (): number => Date.now() + aheadMs;

/** Heeds the time an answer carries. */
export function noteServerTime(iso: string | null | undefined): void {
  const ahead = Date.parse(iso ?? '') - Date.now();
  if (!Number.isFinite(ahead) || Math.abs(ahead - aheadMs) < NOISE_MS) return;
  aheadMs = ahead;
  for (const tell of watching) tell();
}

function watch(tell: () => void): () => void {
  watching.add(tell);
  const timer = setInterval(tell, MINUTE);
  return () => {
    watching.delete(tell);
    clearInterval(timer);
  };
}

/** The server's time to the minute, kept up to date while it is shown. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => Math.floor(serverNow() / MINUTE) * MINUTE);
}
