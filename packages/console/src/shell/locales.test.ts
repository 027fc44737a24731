import { describe, expect, it } from 'vitest';
import { chinese, english } from './locales.ts';

type Tree = { [key: string]: string | Tree };

/** Every text by its full name; one and many of English count once. */
function leaves(tree: Tree, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[`${path}${key}`, value]] : [...leaves(value, `${path}${key}.`)],
    ),
  );
}
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((hole) => hole[1]).sort();

describe.each(Object.keys(english) as (keyof typeof english)[])('the words of %s', (domain) => {
  const [en, zh] = [leaves(english[domain] as Tree), leaves(chinese[domain] as Tree)];

  it('are complete in both languages', () => {
    const wanted = [...en.keys()].filter((key) => !key.endsWith('_one')).sort();
    expect([...zh.keys()].sort()).toEqual(wanted);
    for (const key of en.keys())
      if (key.endsWith('_one')) expect(en.has(key.replace(/_one$/, '_other'))).toBe(true);
  });

  it('put in the same values, and none is empty by mistake', () => {
    for (const [key, text] of zh) {
      expect(holes(text), key).toEqual(holes(en.get(key) ?? ''));
      if (en.get(key) !== '.') expect(text, key).not.toBe('');
    }
  });

  it('are Chinese where they should be', () => {
    const [words, sentences] = [/[\u4e00-\u9fff]/, / (the|and|of|is|to) /];
    for (const [key, text] of zh) if (sentences.test(text)) expect(text, key).toMatch(words);
    for (const [key, text] of en) expect(text, key).not.toMatch(words);
  });
});
