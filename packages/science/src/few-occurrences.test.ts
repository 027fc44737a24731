import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roughEffect } from './few-occurrences.ts';
import { generatorOf, nextNormal, nextShare } from './random.ts';
import type { Outcomes } from './randomisation.ts';

const outcomes: fc.Arbitrary<Outcomes> = fc
  .array(fc.integer({ min: -500, max: 100_000 }), { maxLength: 30 })
  .chain((values) =>
    fc.record({
      n: fc.integer({ min: Math.max(1, values.length), max: 5000 }),
      values: fc.constant(Float64Array.from(values)),
    }),
  );

describe('a rough effect', () => {
  it('holds what was seen, is finite, and says the same for the same seed', () => {
    fc.assert(
      fc.property(outcomes, outcomes, fc.integer(), (control, treated, seed) => {
        const effect = roughEffect(control, treated, { seed, draws: 99 });
        if (effect === null) return;
        expect(Number.isFinite(effect.low) && Number.isFinite(effect.high)).toBe(true);
        expect(effect.low <= effect.value && effect.value <= effect.high).toBe(true);
        expect(roughEffect(control, treated, { seed, draws: 99 })).toEqual(effect);
      }),
    );
  });

  it('is in the unit of the amounts', () => {
    const side = (n: number, ...values: number[]) => ({ n, values: Float64Array.from(values) });
    const [control, treated] = [side(120, 900, 4000), side(1080, 500, 700, 9000, 1200)];
    const inYuan = (of: Outcomes) => ({ n: of.n, values: of.values.map((v) => v / 100) });
    const fen = roughEffect(control, treated, { seed: 3 })!;
    const yuan = roughEffect(inYuan(control), inYuan(treated), { seed: 3 })!;
    for (const key of ['value', 'low', 'high'] as const) expect(fen[key]).toBeCloseTo(yuan[key] * 100, 6);
  });

  it('knows nothing where nobody bought, and something where one side did not', () => {
    const none = { n: 50, values: new Float64Array(0) };
    expect(roughEffect(none, none, { seed: 1 })).toBeNull();
    const some = roughEffect(none, { n: 400, values: Float64Array.of(100, 300) }, { seed: 1 })!;
    expect(some.low).toBeLessThan(0);
    expect(some.high).toBeGreaterThan(some.value);
  });

  it.each([
    { held: 120, written: 1080, share: 0.05, sigma: 0.6, buys: 1, spends: 1 },
    { held: 120, written: 1080, share: 0.05, sigma: 1.1, buys: 1.5, spends: 1 },
    { held: 60, written: 60, share: 0.1, sigma: 0.6, buys: 1, spends: 0.75 },
    { held: 40, written: 360, share: 0.02, sigma: 1.1, buys: 2.5, spends: 1 },
    { held: 300, written: 2700, share: 0.02, sigma: 0.6, buys: 0.6, spends: 1.3 },
  ])(
    'holds the truth at least nine times in ten: $held held out, $share buy, sigma $sigma, buying x $buys, spending x $spends',
    (w) => {
      const random = generatorOf(20261122);
      const side = (n: number, share: number, mean: number): Outcomes => {
        const values: number[] = [];
        for (let i = 0; i < n; i++)
          if (nextShare(random) < share)
            values.push(mean * Math.exp(w.sigma * nextNormal(random) - w.sigma ** 2 / 2));
        return { n, values: Float64Array.from(values) };
      };
      const truth = 100 * w.share * (w.buys * w.spends - 1);
      let held = 0;
      let made = 0;
      for (let world = 0; world < 300; world++) {
        const control = side(w.held, w.share, 100);
        const effect = roughEffect(control, side(w.written, w.share * w.buys, 100 * w.spends), {
          seed: world,
          draws: 399,
        });
        if (!effect) continue;
        made += 1;
        if (effect.low <= truth && truth <= effect.high) held += 1;
      }
      expect(made).toBeGreaterThan(200);
      expect(held / made).toBeGreaterThan(0.9);
    },
  );
});
