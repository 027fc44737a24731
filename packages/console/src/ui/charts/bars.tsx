import type { ReactNode } from 'react';
import { Anchor } from '../anchor.tsx';
import { Change, type Meaning } from '../change.tsx';

export interface Bar {
  key: string;
  label: ReactNode;
  value: number;
  /** Written value; the bar alone is not read. */
  text: ReactNode;
  /** The same of the period before: a mark on the bar, and the change beside it. */
  before?: number;
  /** Where the rows or people behind it are. */
  href?: string;
  /** What the link does, for the tool tip: "Customers who bought in the app". */
  hint?: string;
  colour?: string;
}

/** Bars lying down, zero-based, labelled directly; a whole is given when shares of it are meant. Reads as a list. */
export function Bars({
  of,
  whole,
  meaning = 'up',
}: {
  of: readonly Bar[];
  whole?: number;
  meaning?: Meaning;
}) {
  const most = whole ?? Math.max(...of.map((bar) => Math.max(bar.value, bar.before ?? 0)), 0);
  const share = (value: number) => `${most > 0 ? Math.max(0, Math.min(100, (value / most) * 100)) : 0}%`;
  return (
    <ul className="qm-bars">
      {of.map((bar) => {
        const body = (
          <>
            <span className="qm-bar-label">{bar.label}</span>
            <span className="qm-bar-value">
              {bar.text}
              {bar.before !== undefined && (
                <Change by={bar.before > 0 ? bar.value / bar.before - 1 : null} meaning={meaning} />
              )}
            </span>
            <span className="qm-bar-track" aria-hidden="true">
              <span className="qm-bar-fill" style={{ width: share(bar.value), background: bar.colour }} />
              {bar.before !== undefined && bar.before > 0 && (
                <span className="qm-bar-before" style={{ insetInlineStart: share(bar.before) }} />
              )}
            </span>
          </>
        );
        return (
          <li key={bar.key}>
            {bar.href ? (
              <Anchor className="qm-bar qm-bar-link" href={bar.href} title={bar.hint}>
                {body}
              </Anchor>
            ) : (
              <div className="qm-bar">{body}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** One bar in parts, for a whole of a few: each part a link with its label beneath. */
export function SplitBar({ of, label }: { of: readonly Bar[]; label: string }) {
  const whole = of.reduce((sum, bar) => sum + bar.value, 0);
  return (
    <ul className="qm-split" aria-label={label}>
      {of.map((bar) => {
        const body = (
          <>
            <span className="qm-split-fill" style={{ background: bar.colour }} aria-hidden="true" />
            <span className="qm-split-label">
              <i style={{ background: bar.colour }} aria-hidden="true" />
              {bar.label}
            </span>
            <span className="qm-split-value">{bar.text}</span>
          </>
        );
        return (
          <li key={bar.key} style={{ flexGrow: whole > 0 ? bar.value / whole : 1 }}>
            {bar.href ? (
              <Anchor href={bar.href} title={bar.hint} className="qm-split-part">
                {body}
              </Anchor>
            ) : (
              <span className="qm-split-part">{body}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
