import type { EChartsOption, LineSeriesOption } from 'echarts';
import type { Palette } from '../palette.ts';

/** One line of a chart; `low` and `high` draw the interval as a band; `faint` is what it is compared with. */
export interface Line {
  name: string;
  values: readonly (number | null)[];
  low?: readonly number[];
  high?: readonly number[];
  faint?: boolean;
  /** The last value is still growing: the way to it is dotted. */
  isOpen?: boolean;
  /** Place in the categorical palette; the accent is 0. */
  colour?: number;
}

export interface LineSettings {
  /** Labels of the axis, in order. */
  labels: readonly string[];
  lines: readonly Line[];
  /** How an axis tick and a value in the tool tip are written. */
  tick: (value: number) => string;
  write: (value: number) => string;
  /** What the tool tip says above the values, by place; the label when not given. */
  heading?: (at: number) => string;
}

function asText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** An interval is two stacked invisible lines with the area between them filled. */
function band(line: Line, colour: string): LineSeriesOption[] {
  if (!line.low || !line.high) return [];
  const { low, high } = line;
  const hidden = {
    type: 'line',
    silent: true,
    symbol: 'none',
    lineStyle: { opacity: 0 },
    stack: `${line.name} band`,
  } as const;
  return [
    { ...hidden, name: `${line.name} low`, data: [...low], stackStrategy: 'all' },
    {
      ...hidden,
      name: `${line.name} high`,
      data: high.map((value, at) => value - (low[at] ?? 0)),
      stackStrategy: 'all',
      areaStyle: { color: colour, opacity: 0.15 },
    },
  ];
}

/** Lines over one axis, zero-based, each with its name at its end instead of a legend. */
export function lineOption(
  { labels, lines, tick, write, heading }: LineSettings,
  palette: Palette,
): EChartsOption {
  const colourOf = (line: Line, at: number) =>
    line.faint ? palette.faint : (palette.categories[line.colour ?? at] ?? palette.accent);
  const series = lines.flatMap((line, at): LineSeriesOption[] => {
    const colour = colourOf(line, at);
    const { values } = line;
    const last = values.length - 1;
    const drawn: LineSeriesOption = {
      type: 'line',
      name: line.name,
      data: line.isOpen && last > 0 ? values.with(last, null) : [...values],
      symbol: 'circle',
      showSymbol: labels.length === 1,
      symbolSize: 6,
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: line.faint ? 1.5 : 2.25, type: line.faint ? [4, 4] : 'solid' },
      z: line.faint ? 2 : 3,
      emphasis: { disabled: true },
    };
    const growing: LineSeriesOption = {
      ...drawn,
      data: values.map((value, at) => (at < last - 1 ? null : value)),
      showSymbol: true,
      symbolSize: (_value, { dataIndex }) => (dataIndex === last ? 6 : 0),
      lineStyle: { ...drawn.lineStyle, type: [1, 3] },
    };
    return [...band(line, colour), drawn, ...(line.isOpen && last > 0 ? [growing] : [])];
  });
  return {
    animationDuration: 300,
    grid: { top: lines.length > 1 ? 36 : 16 },
    legend:
      lines.length > 1
        ? { top: 0, left: 0, data: lines.map((line) => line.name), selectedMode: lines.length > 2 }
        : undefined,
    xAxis: { type: 'category', data: [...labels], boundaryGap: labels.length === 1 },
    yAxis: { type: 'value', axisLabel: { formatter: (value: number) => tick(value) }, splitNumber: 4 },
    tooltip: {
      trigger: 'axis',
      formatter: (points) => {
        const at = (Array.isArray(points) ? points[0] : points)?.dataIndex ?? 0;
        const rows = lines.map((line, place) => {
          const value = line.values[at];
          const between =
            line.low && line.high
              ? ` <small>${write(line.low[at] ?? 0)} – ${write(line.high[at] ?? 0)}</small>`
              : '';
          return `<div class="qm-tip-row"><i style="background:${colourOf(line, place)}"></i>${asText(line.name)}<b>${
            value === null || value === undefined ? '–' : asText(write(value))
          }${between}</b></div>`;
        });
        return `<div class="qm-tip-head">${asText(heading?.(at) ?? labels[at] ?? '')}</div>${rows.join('')}`;
      },
    },
    series,
  };
}
