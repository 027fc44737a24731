import { adjustForBefore, type BeforeAndAfter } from '@qianmian/science/cuped';
import { generatorOf, nextShare } from '@qianmian/science/random';
import { randomisationEffect } from '@qianmian/science/randomisation';
import { type Benchmark, median, timed } from './benchmark.ts';

const ROUNDS = 5;
const TWENTY_THOUSAND = 20_000;
const A_MILLION = 1_000_000;
/** Limits: what someone who opens a report waits for, and what a worker may take for the largest audience. */
const LIMITS_MS = { [TWENTY_THOUSAND]: 200, [A_MILLION]: 2000 };

/** The 95 % interval of what a campaign earned: a tenth held out, a fifth with spend before, a twentieth buys. */
export const insightInterval: Benchmark = {
  domain: 'insight',
  name: 'interval',
  async run({ say }) {
    const small = await interval(TWENTY_THOUSAND);
    const large = await interval(A_MILLION);
    say(`20,000 people in ${small.toFixed(0)} ms, 1,000,000 in ${large.toFixed(0)} ms`);
    return {
      interval_20k_ms: Math.round(small),
      interval_20k_limit_ratio: small / LIMITS_MS[TWENTY_THOUSAND]!,
      interval_1m_ms: Math.round(large),
      interval_1m_limit_ratio: large / LIMITS_MS[A_MILLION]!,
    };
  },
};

async function interval(people: number): Promise<number> {
  const control = side(people / 10, 1);
  const treated = side((people * 9) / 10, 2);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    times.push(
      await timed(async () => {
        const adjusted = adjustForBefore(control, treated);
        randomisationEffect(adjusted.control, adjusted.treated, { seed: round });
      }),
    );
  return median(times);
}

function side(n: number, seed: number): BeforeAndAfter {
  const random = generatorOf(seed);
  const after: number[] = [];
  const before: number[] = [];
  for (let i = 0; i < n; i++) {
    const basket = () => Math.round(2000 / (1 - nextShare(random)) ** 0.4);
    const bought = nextShare(random) < 0.05;
    if (!bought && nextShare(random) >= 0.2) continue;
    after.push(bought ? basket() : 0);
    before.push(basket());
  }
  return { n, after: Float64Array.from(after), before: Float64Array.from(before) };
}
