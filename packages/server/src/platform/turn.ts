import { setImmediate } from 'node:timers/promises';

/**
 * A share of the processor in long work that is done a little at a time: when it is over, whoever else wants to work does
 * so before the next. `if (turn.isOver()) await turn.next()` costs next to nothing where it is not.
 */
export function openTurn(ms: number) {
  let ends = performance.now() + ms;
  return {
    isOver: (): boolean => performance.now() >= ends,
    async next(): Promise<void> {
      await setImmediate();
      ends = performance.now() + ms;
    },
  };
}
