import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fact } from '../collect/index.ts';
import { CONSENT } from './store.ch.ts';
import { happened, type Shop, shop, told } from './test-shop.ts';

vi.setConfig({ testTimeout: 120_000 });

let s: Shop;
beforeAll(async () => {
  s = await shop();
});

const at = (hour: number) => new Date(Date.UTC(2026, 4, 1) + hour * 3_600_000).toISOString();
const does = (user: string, hour: number, granted: boolean) =>
  happened(user, 'Consent Updated', at(hour), { channel: 'email', granted });
const onRecord = (user: string, hour: number, granted: boolean) =>
  told(user, at(hour), { emailConsent: granted });

/** Who may be written to, by all who ask: lists of people, and the pages of some. */
async function granted(
  ws: string,
  users: readonly string[],
  opened = users,
): Promise<Record<string, boolean>> {
  const rows = await s.warehouse.query<{ person: number; granted: number }>(
    `SELECT person, granted FROM ${CONSENT} WHERE channel = 'email'`,
    { workspace: ws },
  );
  const listed = new Map(rows.map((r) => [r.person, r.granted === 1]));
  const answer: Record<string, boolean> = {};
  for (const user of users) {
    const person = await s.person(ws, user);
    answer[user] = listed.get(person) ?? false;
    if (!opened.includes(user)) continue;
    const page = await s.profile.person.get(ws, person, true);
    expect(page.consent.find((c) => c.channel === 'email')!.granted, user).toBe(answer[user]);
    const { consent } = await s.profile.person.facts(ws, person);
    expect(consent.includes('email'), user).toBe(answer[user]);
  }
  return answer;
}

describe('consent', () => {
  it('is taken away by leaving or complaining elsewhere, and no state on record brings it back', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [
      ...['left', 'complained', 'refused', 'sms'].map((user) => onRecord(user, 0, true)),
      happened('left', 'Unsubscribed', at(1)),
      happened('complained', 'Email Marked as Spam', at(1)),
      does('refused', 1, false),
      happened('sms', 'Unsubscribed', at(1), { channel: 'SMS' }),
    ]);
    const users = ['left', 'complained', 'refused', 'sms'];
    const out = { left: false, complained: false, refused: false, sms: true };
    expect(await granted(ws, users)).toEqual(out);
    await s.collect(ws, [
      ...users.map((user) => onRecord(user, 2, false)),
      ...users.map((user) => onRecord(user, 3, true)),
    ]);
    await s.collect(
      ws,
      users.map((user) => onRecord(user, 4, true)),
      'list',
    );
    expect(await granted(ws, users)).toEqual(out);
    await s.collect(
      ws,
      users.map((user) => does(user, 5, true)),
    );
    expect(await granted(ws, users)).toEqual({ left: true, complained: true, refused: true, sms: true });
  });

  it('on record changes when a source says something new, not when it repeats itself', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [onRecord('a', 0, true), onRecord('b', 0, true)], '', 'site');
    await s.collect(ws, [onRecord('a', 1, false), onRecord('b', 1, false)], '', 'till');
    await s.collect(ws, [onRecord('a', 2, true)], '', 'site');
    expect(await granted(ws, ['a', 'b'])).toEqual({ a: false, b: false });
    await s.collect(ws, [onRecord('b', 3, true)], '', 'till');
    await s.collect(ws, [onRecord('a', 3, false), onRecord('a', 4, true)], '', 'site');
    expect(await granted(ws, ['a', 'b'])).toEqual({ a: true, b: true });
  });

  it('a list brings nobody in whom a live source says to have refused; taken back, it is as if it never was', async () => {
    const ws = await s.workspace();
    await s.collect(ws, [onRecord('a', 0, false), onRecord('b', 0, true)], '', 'site');
    await s.collect(
      ws,
      [onRecord('a', 1, true), onRecord('b', 1, false), onRecord('c', 1, true)],
      'list',
      'import',
    );
    expect(await granted(ws, ['a', 'b', 'c'])).toEqual({ a: false, b: false, c: true });
    await s.collect(ws, [happened('a', 'Page Viewed', at(2)), happened('c', 'Page Viewed', at(2))]);
    await s.profile.undoImport(ws, 'list');
    expect(await granted(ws, ['a', 'b', 'c'])).toEqual({ a: false, b: true, c: false });
  });

  it('of files holds as it was told, until somebody does something', async () => {
    const ws = await s.workspace();
    await s.collect(
      ws,
      [does('a', 0, true), does('a', 1, false), does('a', 2, true), does('b', 0, false)],
      'old',
      'import',
    );
    await s.collect(ws, [onRecord('b', 3, true)]);
    expect(await granted(ws, ['a', 'b'])).toEqual({ a: true, b: false });
    await s.collect(ws, [does('a', 4, false), does('b', 4, true)]);
    await s.collect(ws, [does('a', 5, true)], 'new', 'import');
    expect(await granted(ws, ['a', 'b'])).toEqual({ a: false, b: true });
  });

  it('whatever came before: who refused last by doing so is out, and repeating everything changes nothing', async () => {
    const step = fc.record({
      kind: fc.constantFrom('did', 'state', 'list'),
      granted: fc.boolean(),
      source: fc.constantFrom('site', 'till'),
    });
    const histories = fc.sample(fc.array(step, { minLength: 1, maxLength: 8 }), { numRuns: 60, seed: 7 });
    const ws = await s.workspace();
    const tell = (user: string, hour: number, one: (typeof histories)[number][number]) => {
      const fact = one.kind === 'did' ? does(user, hour, one.granted) : onRecord(user, hour, one.granted);
      const place = one.kind === 'list' ? ['list', 'import'] : ['', one.source];
      const key = place.join();
      batches.set(key, [...(batches.get(key) ?? []), fact]);
    };
    const batches = new Map<string, Fact[]>();
    const collectAll = async () => {
      for (const [key, facts] of batches) await s.collect(ws, facts, ...(key.split(',') as [string, string]));
      batches.clear();
    };
    for (const [i, history] of histories.entries())
      for (const [hour, one] of history.entries()) tell(`u${i}`, hour, one);
    await collectAll();
    const users = histories.map((_, i) => `u${i}`);
    const before = await granted(ws, users, users.slice(0, 5));
    for (const [i, history] of histories.entries()) {
      const did = history.findLast((one) => one.kind === 'did');
      if (did?.granted === false) expect(before[`u${i}`], JSON.stringify(history)).toBe(false);
      if (!history.some((one) => one.granted)) expect(before[`u${i}`]).toBe(false);
      if (history.every((one) => one.granted)) expect(before[`u${i}`]).toBe(true);
      // What each place has on record, said once more.
      const last = new Map(
        history
          .filter((one) => one.kind !== 'did')
          .map((one) => [one.kind === 'list' ? one.kind : one.source, one]),
      );
      for (const one of last.values()) tell(`u${i}`, 20, one);
    }
    await collectAll();
    expect(await granted(ws, users, [])).toEqual(before);
  });
});
