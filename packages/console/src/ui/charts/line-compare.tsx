import { type ReactNode, useCallback, useMemo } from 'react';
import type { Palette } from '../palette.ts';
import { Chart, type ChartTable, type Picked } from './chart.tsx';
import { type LineSettings, lineOption } from './line-options.ts';

interface LineCompareProps extends LineSettings {
  title: string;
  note?: ReactNode;
  summary: string;
  /** Heading of the first column of the table view. */
  axisName: string;
  height?: number;
  onPick?: (picked: Picked) => void;
  /** Where a place of the axis leads, for the table view; give it together with `onPick`. */
  hrefAt?: (at: number) => string | undefined;
  extra?: ReactNode;
}

/** Lines against each other over the same axis: now and before, treated and control, with intervals as bands. Memoise what you give. */
export function LineCompare({
  title,
  note,
  summary,
  axisName,
  height,
  onPick,
  hrefAt,
  extra,
  labels,
  lines,
  tick,
  write,
  heading,
}: LineCompareProps) {
  const option = useCallback(
    (palette: Palette) => lineOption({ labels, lines, tick, write, heading }, palette),
    [labels, lines, tick, write, heading],
  );
  const table = useMemo<ChartTable>(
    () => ({
      head: [axisName, ...lines.map((line) => line.name)],
      rows: labels.map((label, at) => [
        { value: heading?.(at) ?? label, href: hrefAt?.(at) },
        ...lines.map((line) => {
          const value = line.values[at] ?? null;
          return { value, text: value === null ? '–' : write(value) };
        }),
      ]),
    }),
    [axisName, lines, labels, heading, hrefAt, write],
  );
  return <Chart {...{ title, note, summary, option, table, height, onPick, extra }} />;
}
