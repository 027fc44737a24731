import { type ReactNode, useId } from 'react';

interface PanelProps {
  title: ReactNode;
  /** One sentence under the title. */
  note?: ReactNode;
  /** Controls at the right of the title. */
  extra?: ReactNode;
  /** No inner space, for tables and lists that reach the edge. */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

/** A titled part of a page. Put several into a `Grid`. */
export function Panel({ title, note, extra, flush, className = '', children }: PanelProps) {
  const id = useId();
  return (
    <section className={`qm-panel ${className}`} aria-labelledby={id}>
      <header className="qm-panel-head">
        <div>
          <h2 id={id}>{title}</h2>
          {note && <p className="qm-note">{note}</p>}
        </div>
        {extra && <div className="qm-panel-extra">{extra}</div>}
      </header>
      <div className={flush ? 'qm-panel-flush' : 'qm-panel-body'}>{children}</div>
    </section>
  );
}

/** Panels side by side where there is room: as many columns of at least `min` pixels as fit. */
export function Grid({ min = 320, children }: { min?: number; children: ReactNode }) {
  return (
    <div
      className="qm-grid"
      style={{ gridTemplateColumns: `repeat(auto-fit, minmax(min(${min}px, 100%), 1fr))` }}
    >
      {children}
    </div>
  );
}

/** Name and value pairs. */
export function Facts({ of }: { of: { label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className="qm-facts">
      {of.map(({ label, value }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pairs of one list never change places
        <div key={at}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
