import { type Clock, MINUTE } from './clock.ts';

const MINUTES = 60;

/** Counts by name over the last hour, to the minute; as much memory as there are names. */
export function openLastHour(clock: Clock) {
  const counts = new Map<string, { minute: Float64Array; n: Float64Array }>();
  const minuteNow = () => Math.floor(clock.now() / MINUTE);

  return {
    add(name: string, n = 1): void {
      let of = counts.get(name);
      if (!of) {
        of = { minute: new Float64Array(MINUTES), n: new Float64Array(MINUTES) };
        counts.set(name, of);
      }
      const now = minuteNow();
      const at = now % MINUTES;
      if (of.minute[at] !== now) {
        of.minute[at] = now;
        of.n[at] = 0;
      }
      of.n[at]! += n;
    },

    sum(name: string): number {
      const of = counts.get(name);
      const now = minuteNow();
      let sum = 0;
      for (let i = 0; of && i < MINUTES; i++) {
        const age = now - of.minute[i]!;
        if (age >= 0 && age < MINUTES) sum += of.n[i]!;
      }
      return sum;
    },
  };
}
export type LastHour = ReturnType<typeof openLastHour>;
