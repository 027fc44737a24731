import { type Clock, MINUTE } from '../platform/clock.ts';
import type { Principal } from '../platform/http.ts';
import type { Audit } from './audit.ts';
import { TooManyGuesses } from './errors.ts';
import { counter } from './tries.ts';

/** So many values that are nobody's may be asked for in a minute by who sees personal data masked. */
export const MOST_GUESSES = 30;

/**
 * Looks for people by values that the asker must know already, as they see them masked: whoever may ask without end finds
 * out what is hidden by trying. Each look is counted before its outcome is known, and counts for nothing when it found.
 */
export function openGuesses(parts: { clock: Clock; audit: Audit }) {
  const misses = counter(parts.clock, {
    limit: MOST_GUESSES,
    windowMs: MINUTE,
    refuse: (seconds, isFirst) => new TooManyGuesses(seconds, isFirst),
  });

  async function count(workspace: string, who: Principal) {
    try {
      return misses.take(`${workspace}\n${who.kind}\n${who.id}`);
    } catch (error) {
      if (error instanceof TooManyGuesses && error.isFirst)
        await parts.audit.note(workspace, who, 'customer.guess', workspace, { misses: MOST_GUESSES });
      throw error;
    }
  }

  return async <T>(
    asker: { workspace: string; who: Principal },
    look: () => Promise<T>,
    isFound: (found: T) => boolean,
  ): Promise<T> => {
    const guess = await count(asker.workspace, asker.who);
    try {
      const found = await look();
      if (isFound(found)) guess.giveBack();
      return found;
    } catch (error) {
      guess.giveBack();
      throw error;
    }
  };
}
export type Guesses = ReturnType<typeof openGuesses>;
