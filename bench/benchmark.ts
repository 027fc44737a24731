/** What was measured: the name holds the unit, `events_per_s`, `rfm_ms`, `to_disk_limit_ratio`. */
export type Figures = Record<string, number>;

/** How a benchmark is run. */
export interface Run {
  /** A folder of its own, gone afterwards. */
  folder: string;
  /** Says on standard error what is being done. */
  say: (words: string) => void;
  /** Asked for with --large: the size that the product promises to hold at, instead of one that takes a minute. */
  isLarge: boolean;
}

/** One benchmark of a domain: prepares what it needs, measures, cleans up what it started. */
export interface Benchmark {
  domain: string;
  name: string;
  run(run: Run): Promise<Figures>;
}

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs something and answers how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
