/** What was measured: the name holds the unit, `events_per_s`, `rfm_ms`, `to_disk_limit_ratio`. */
export type Figures = Record<string, number>;

/** One benchmark of a domain: prepares what it needs in `folder`, measures, cleans up what it started. */
export interface Benchmark {
  domain: string;
  name: string;
  /** Says on standard error what is being done. */
  run(folder: string, say: (words: string) => void): Promise<Figures>;
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
