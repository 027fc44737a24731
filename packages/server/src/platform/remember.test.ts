import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remember } from './remember.ts';

describe('a function that remembers', () => {
  it('answers as it would', () => {
    const plain = (text: string) => (text.length % 2 ? undefined : text.length);
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 80 })), (texts) => {
        const remembered = remember(plain);
        for (const text of [...texts, ...texts]) expect(remembered(text)).toBe(plain(text));
      }),
    );
  });

  it('is asked once for a text that repeats, each time for a long one, and forgets', () => {
    const asked: string[] = [];
    const same = remember((text) => {
      asked.push(text);
      return text;
    });
    for (let i = 0; i < 3; i++) same('often');
    for (let i = 0; i < 3; i++) same('long'.repeat(20));
    expect(asked).toHaveLength(4);
    for (let i = 0; i < 5000; i++) same(`${i}`);
    same('often');
    expect(asked.filter((text) => text === 'often')).toHaveLength(2);
  });
});
