import { expect, it } from 'vitest';
import { categoryColour, cssVariables, palettes, rampStep } from './palette.ts';

/** Contrast of two colours by WCAG 2.2. */
function contrast(a: string, b: string): number {
  const light = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [x, y] = [light(a), light(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

it.each(['light', 'dark'] as const)('can be read in the %s theme', (mode) => {
  const palette = palettes[mode];
  for (const ground of [palette.surface, palette.canvas, palette.raised, palette.sunken])
    for (const text of [
      palette.text,
      palette.muted,
      palette.accentText,
      palette.good,
      palette.bad,
      palette.warn,
    ])
      expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  expect(contrast(palette.onAccent, palette.accent)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(palette.accentText, palette.accentSoft)).toBeGreaterThanOrEqual(4.5);
  for (const colour of palette.categories)
    expect(contrast(colour, palette.surface), colour).toBeGreaterThanOrEqual(2.7);
});

it('has a name for every colour in the style sheet', () => {
  expect(cssVariables(palettes.light)['--qm-accent-soft']).toBe(palettes.light.accentSoft);
  expect(cssVariables(palettes.dark)['--qm-ramp-5']).toBe(palettes.dark.ramp[5]);
});

it('gives a category one colour everywhere, and little to much in steps', () => {
  expect(categoryColour('女装', palettes.light)).toBe(categoryColour('女装', palettes.light));
  expect([0, 0.001, 0.5, 1, Number.NaN].map((share) => rampStep(share))).toEqual([0, 1, 3, 5, 0]);
});
