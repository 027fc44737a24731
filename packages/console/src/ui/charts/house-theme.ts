import type { Palette } from '../palette.ts';

export const CHART_FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** The one look of every chart: hairline grid, no boxes, quiet axes. */
export function houseTheme(palette: Palette) {
  const axis = {
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true },
    splitLine: { lineStyle: { color: palette.line } },
    nameTextStyle: { color: palette.muted },
  };
  return {
    color: palette.categories,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: CHART_FONT, color: palette.text },
    grid: {
      left: 8,
      right: 16,
      top: 16,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    categoryAxis: {
      ...axis,
      splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: palette.lineStrong } },
    },
    valueAxis: axis,
    timeAxis: axis,
    line: { symbol: 'none', lineStyle: { width: 2 } },
    legend: { textStyle: { color: palette.muted }, icon: 'roundRect', itemWidth: 12, itemHeight: 4 },
    tooltip: {
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 13 },
      extraCssText:
        'box-shadow: 0 4px 16px rgb(0 0 0 / 16%); border-radius: 8px; font-variant-numeric: tabular-nums;',
      axisPointer: { lineStyle: { color: palette.lineStrong }, crossStyle: { color: palette.lineStrong } },
    },
  };
}
