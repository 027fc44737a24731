import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  arrived,
  beginWith,
  hasOwn,
  keepMine,
  meet,
  type SharedDraft,
  takeTheirs,
  type Version,
} from './shared-draft.ts';

type Letter = { subject: string; body: string };
const isSame = (a: Letter, b: Letter) => a.subject.trim() === b.subject.trim() && a.body === b.body;
const version = (revision: number, draft: Letter, by = 'ann'): Version<Letter> => ({
  revision,
  draft,
  by,
  at: '2026-06-01T00:00:00Z',
});
const first = version(1, { subject: 'Tea', body: 'Hi' });
const write = (now: SharedDraft<Letter>, part: Partial<Letter>) => ({
  ...now,
  draft: { ...now.draft, ...part },
});

it('shows what others changed where nothing of its own is unsaved', () => {
  const now = meet(beginWith(first), version(2, { subject: 'Coffee', body: 'Hi' }, 'bob'), isSame);
  expect(now).toMatchObject({ draft: { subject: 'Coffee' }, base: { revision: 2, by: 'bob' }, newer: null });
  expect(meet(now, first, isSame)).toBe(now);
});

it('asks where both wrote, and goes on from what was chosen', () => {
  const asked = meet(
    write(beginWith(first), { subject: 'Cake' }),
    version(2, { subject: 'Coffee', body: 'Ho' }, 'bob'),
    isSame,
  );
  expect(asked).toMatchObject({ draft: { subject: 'Cake' }, base: { revision: 1 }, newer: { by: 'bob' } });
  expect(takeTheirs(asked)).toMatchObject({
    draft: { subject: 'Coffee' },
    base: { revision: 2 },
    newer: null,
  });
  const mine = keepMine(asked);
  expect(mine).toMatchObject({ draft: { subject: 'Cake' }, base: { revision: 2 }, newer: null });
  expect(hasOwn(mine, isSame)).toBe(true);
});

it('knows its own words again, also while more is typed and when they come back before their answer', () => {
  const typing = { ...write(beginWith(first), { subject: 'Cake' }), sent: { subject: 'Cake', body: 'Hi' } };
  const more = write(typing, { subject: 'Cake and' });
  const seen = meet(more, version(2, { subject: 'Cake', body: 'Hi' }), isSame);
  expect(seen).toMatchObject({ draft: { subject: 'Cake and' }, base: { revision: 2 }, newer: null });
  expect(arrived(seen, version(2, { subject: 'Cake', body: 'Hi' }))).toMatchObject({
    sent: null,
    newer: null,
  });
  // Spaces at the end are cut by the server, and stay on screen for the next word.
  const spaced = write(beginWith(first), { subject: 'Tea ' });
  expect(hasOwn(spaced, isSame)).toBe(false);
  expect(meet(spaced, version(2, first.draft), isSame).draft.subject).toBe('Tea ');
});

it('law: nobody overwrites or sends what they did not see, whoever writes, saves, looks and chooses when', () => {
  const step = fc.record({
    who: fc.constantFrom(0, 1),
    what: fc.constantFrom('subject', 'body', 'save', 'look', 'theirs', 'mine', 'send'),
    word: fc.constantFrom('a', 'b', 'c'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let server = first;
      const pages = [beginWith(first), beginWith(first)] as [SharedDraft<Letter>, SharedDraft<Letter>];
      /** The newest version that each page has shown, or put before its reader to choose. */
      const seen = [1, 1] as [number, number];
      for (const { who, what, word } of steps) {
        let page = pages[who];
        if (what === 'subject' || what === 'body') page = write(page, { [what]: word });
        if (what === 'look') page = meet(page, server, isSame);
        if (what === 'theirs') page = takeTheirs(page);
        if (what === 'mine') page = keepMine(page);
        seen[who] = Math.max(seen[who], (page.newer ?? page.base).revision);
        const isKept = !page.newer && !hasOwn(page, isSame);
        if (what === 'save' && !page.newer && !isKept && page.base.revision === server.revision) {
          expect(seen[who]).toBe(server.revision);
          server = version(server.revision + 1, page.draft, String(who));
          page = arrived(page, server);
          expect(hasOwn(page, isSame)).toBe(false);
          seen[who] = server.revision;
        }
        if (what === 'send' && isKept && page.base.revision === server.revision)
          expect(isSame(page.draft, server.draft)).toBe(true);
        pages[who] = page;
      }
    }),
  );
});
