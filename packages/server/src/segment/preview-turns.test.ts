import { setImmediate as soon } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openPreviewTurns } from './preview-turns.ts';

/** Work that ends when told to, with what has begun so far. */
function desk() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      }),
    end: async (name: string) => {
      ends.get(name)!();
      await soon();
    },
  };
}
const by = (caller: string, gone = new AbortController().signal) => ({ caller, gone });

describe('previews', () => {
  it('are two at work in a workspace, the rest wait their turn', async () => {
    const inTurn = openPreviewTurns();
    const { begun, work, end } = desk();
    for (const name of ['ann', 'ben', 'cat', 'dan']) void inTurn('a', by(name), work(name));
    void inTurn('b', by('ann'), work('other'));
    await soon();
    expect(begun).toEqual(['ann', 'ben', 'other']);
    await end('ben');
    expect(begun).toEqual(['ann', 'ben', 'other', 'cat']);
  });

  it('of one caller are one: the newest takes the place of the older', async () => {
    const inTurn = openPreviewTurns();
    const { begun, work, end } = desk();
    void inTurn('a', by('ben'), work('busy'));
    void inTurn('a', by('cat'), work('busy too'));
    const asked = [1, 2, 3].map((n) => inTurn('a', by('ann'), work(`ann ${n}`)).catch((e) => e.code));
    await end('busy');
    await end('ann 3');
    expect(await Promise.all(asked)).toEqual([
      'segment.preview_replaced',
      'segment.preview_replaced',
      'ann 3',
    ]);
    expect(begun).toEqual(['busy', 'busy too', 'ann 3']);
  });

  it('are not begun for who has gone', async () => {
    const inTurn = openPreviewTurns();
    const { begun, work, end } = desk();
    const control = new AbortController();
    for (const name of ['ann', 'ben']) void inTurn('a', by(name), work(name));
    const asked = inTurn('a', by('cat', control.signal), work('cat')).catch((e: Error) => e.message);
    control.abort(new Error('hung up'));
    await end('ann');
    expect([await asked, ...begun]).toEqual(['hung up', 'ann', 'ben']);
  });
});
