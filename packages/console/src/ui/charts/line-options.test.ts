import { expect, it } from 'vitest';
import { palettes } from '../palette.ts';
import { lineOption } from './line-options.ts';
import { sparkPoints } from './sparkline.tsx';

const settings = { labels: ['1', '2'], tick: String, write: (value: number) => `<${value}>` };

it('draws an interval as a band behind its line, and keeps it out of the legend', () => {
  const option = lineOption(
    {
      ...settings,
      lines: [
        { name: 'a', values: [5, 6], low: [4, 5], high: [7, 8] },
        { name: 'b', values: [1, 2], faint: true },
      ],
    },
    palettes.light,
  );
  const series = option.series as { name: string; data: number[] }[];
  expect(series.map((one) => one.name)).toEqual(['a low', 'a high', 'a', 'b']);
  expect(series[1]?.data).toEqual([3, 3]);
  expect((option.legend as { data: string[] }).data).toEqual(['a', 'b']);
});

it('writes the values into the tip as text, never as markup', () => {
  const option = lineOption({ ...settings, lines: [{ name: '<img>', values: [5, null] }] }, palettes.light);
  const tip = (option.tooltip as { formatter: (points: { dataIndex: number }[]) => string }).formatter;
  expect(tip([{ dataIndex: 0 }])).toContain('&#60;img&#62;');
  expect(tip([{ dataIndex: 0 }])).toContain('&#60;5&#62;');
  expect(tip([{ dataIndex: 1 }])).toContain('–');
});

it('draws the way to a value that still grows apart, under the same name', () => {
  const lines = [{ name: 'now', values: [5, 7, 2], isOpen: true }];
  const option = lineOption({ ...settings, labels: ['1', '2', '3'], lines }, palettes.light);
  const series = option.series as { name: string; data: (number | null)[] }[];
  expect(series.map((one) => one.name)).toEqual(['now', 'now']);
  expect(series.map((one) => one.data)).toEqual([
    [5, 7, null],
    [null, 7, 2],
  ]);
});

it('keeps zero at the foot of a sparkline', () => {
  expect(sparkPoints([0, 5, 10], 10, 10, 10)).toBe('0.0,10.0 5.0,5.0 10.0,0.0');
  expect(sparkPoints([0, 0], 10, 10, 0)).toBe('0.0,10.0 10.0,10.0');
});
