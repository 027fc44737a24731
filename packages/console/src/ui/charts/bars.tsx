import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../anchor.tsx';
import { Change, type Meaning } from '../change.tsx';
import { useFormat } from '../use-format.ts';

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

/**
 * One bar in parts, for a whole of a few: a true scale, and below it each part with its number. What nobody is in takes
 * no room; it is only said that it is none.
 */
export function SplitBar({ of, label }: { of: readonly Bar[]; label: string }) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  const [parts, none] = [of.filter((bar) => bar.value > 0), of.filter((bar) => !(bar.value > 0))];
  return (
    <div className="qm-split">
      {parts.length > 0 && (
        <div className="qm-split-bar" aria-hidden="true">
          {parts.map((bar) => (
            <span key={bar.key} title={bar.hint} style={{ flexGrow: bar.value, background: bar.colour }} />
          ))}
        </div>
      )}
      <ul className="qm-split-parts" aria-label={label}>
        {parts.map((bar) => (
          <li key={bar.key}>
            <SplitPart bar={bar} />
          </li>
        ))}
      </ul>
      {none.length > 0 && (
        <p className="qm-note qm-split-none">
          {t('splitNone', {
            parts: format.list(none.flatMap(({ label: name }) => (typeof name === 'string' ? [name] : []))),
          })}
        </p>
      )}
    </div>
  );
}

function SplitPart({ bar }: { bar: Bar }) {
  const body = (
    <>
      <span className="qm-split-label">
        <i style={{ background: bar.colour }} aria-hidden="true" />
        {bar.label}
      </span>
      <span className="qm-split-value">{bar.text}</span>
    </>
  );
  return bar.href ? (
    <Anchor href={bar.href} title={bar.hint} className="qm-split-part">
      {body}
    </Anchor>
  ) : (
    <span className="qm-split-part">{body}</span>
  );
}
