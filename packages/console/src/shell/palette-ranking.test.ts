import { describe, expect, it } from 'vitest';
import { type Command, groupCommands, matchScore, rankCommands } from './palette-ranking.ts';

const command = (title: string, words: string[] = [], group: Command['group'] = 'pages'): Command => ({
  id: title,
  group,
  title,
  words,
  run: () => undefined,
});
const titles = (found: Command[]) => found.map((one) => one.title);

describe('the command palette', () => {
  it('likes the whole word best, then beginnings, then middles, then scattered letters', () => {
    const scores = ['stores', 'stores and more', 'all stores', 'bookstores', 'some toy horses'].map((text) =>
      matchScore('stores', text),
    );
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(5);
    expect(matchScore('xyz', 'stores')).toBe(0);
  });

  it('finds a page by its name in either language', () => {
    const pages = [command('顾客', ['顾客', 'Customers']), command('人群', ['人群', 'Segments'])];
    expect(titles(rankCommands('cust', pages))).toEqual(['顾客']);
    expect(titles(rankCommands('人', pages))).toEqual(['人群']);
  });

  it('offers everything in its order while nothing is typed, a few of each group', () => {
    const many = Array.from({ length: 20 }, (_, at) => command(`page ${at}`));
    expect(titles(rankCommands('', many, 3))).toEqual(['page 0', 'page 1', 'page 2']);
    expect(rankCommands('', [...many, command('do', [], 'actions')], 3)).toHaveLength(4);
  });

  it('puts a command that is clearly meant before what the server found, and else behind it', () => {
    const standing = [command('Create a coupon', [], 'actions'), command('Coupons')];
    const hits = [command('王芳', [], 'hits')];
    const groups = (query: string) => groupCommands(query, standing, hits).map((part) => part.group);
    expect(groups('coupon')).toEqual(['pages', 'actions', 'hits']);
    expect(groups('create')).toEqual(['actions', 'hits']);
    expect(groups('王')).toEqual(['hits']);
    expect(groups('')).toEqual(['hits', 'actions', 'pages']);
  });
});
