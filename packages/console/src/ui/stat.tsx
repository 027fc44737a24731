import type { ReactNode } from 'react';
import { Anchor } from './anchor.tsx';
import { Change, type Meaning } from './change.tsx';
import { Sparkline } from './charts/sparkline.tsx';

interface StatProps {
  label: ReactNode;
  /** Already written by `useFormat()`, unit included. */
  value: ReactNode;
  /** Relative change against the period before, e.g. 0.062; null when there was nothing before. */
  change?: number | null;
  /** How the change is written when it is not a relative one (percentage points). */
  changeText?: string;
  /** Which way is good; colour is used for nothing else. */
  meaning?: Meaning;
  /** One value per day, and the same days of the period before. */
  trend?: readonly number[];
  trendBefore?: readonly number[];
  hint?: ReactNode;
  /** Where the people or rows behind the number are. */
  href?: string;
  /** What the link does, for the tool tip. */
  title?: string;
}

/** One indicator: what it is, how much, against the period before, and its course. */
export function Stat({
  label,
  value,
  change,
  changeText,
  meaning = 'up',
  trend,
  trendBefore,
  hint,
  href,
  title,
}: StatProps) {
  const body = (
    <>
      <span className="qm-stat-label">{label}</span>
      <span className="qm-stat-value">{value}</span>
      <span className="qm-stat-foot">
        {change !== undefined && <Change by={change} text={changeText} meaning={meaning} />}
        {hint && <span className="qm-stat-hint">{hint}</span>}
      </span>
      {trend && trend.length > 1 && <Sparkline values={trend} before={trendBefore} />}
    </>
  );
  return href ? (
    <Anchor href={href} title={title} className="qm-stat qm-stat-link">
      {body}
    </Anchor>
  ) : (
    <div className="qm-stat">{body}</div>
  );
}

/** A row of indicators. */
export function Stats({ children }: { children: ReactNode }) {
  return <div className="qm-stats">{children}</div>;
}
