import type { ReactNode } from 'react';

/** What a state means: done well, failed, needs a look, under way, or nothing in particular. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

/** A state in a word, with a dot coloured by what it means. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`qm-badge qm-badge-${tone}`}>
      <i aria-hidden="true" />
      {children}
    </span>
  );
}
