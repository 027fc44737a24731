/** Points of a polyline in a box, lowest value at the bottom; zero is always in sight. */
export function sparkPoints(values: readonly number[], width: number, height: number, most: number): string {
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map(
      (value, at) =>
        `${(at * step).toFixed(1)},${(height - (most > 0 ? value / most : 0) * height).toFixed(1)}`,
    )
    .join(' ');
}

/** The course of a number without axes; the period before lies faint behind it. Read by eyes only: say the change in words beside it. */
export function Sparkline({ values, before }: { values: readonly number[]; before?: readonly number[] }) {
  const [width, height] = [120, 28];
  const most = Math.max(...values, ...(before ?? []), 0);
  return (
    <svg
      className="qm-spark"
      viewBox={`-1 -2 ${width + 2} ${height + 4}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {before && before.length > 1 && (
        <polyline className="qm-spark-before" points={sparkPoints(before, width, height, most)} />
      )}
      <polyline className="qm-spark-now" points={sparkPoints(values, width, height, most)} />
    </svg>
  );
}
