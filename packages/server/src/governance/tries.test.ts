import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FakeClock, MINUTE } from '../platform/clock.ts';
import { TryLater } from '../platform/errors.ts';
import { openPasswords } from './passwords.ts';
import { networkOf, openTries } from './tries.ts';

const outcome = (work: () => unknown) => {
  try {
    work();
    return 'counted';
  } catch (error) {
    return error instanceof TryLater ? error.seconds : error;
  }
};

it('counts a try before its outcome is known, and frees it when the password was right', () => {
  const clock = new FakeClock('2026-06-01T00:00:00Z');
  const tries = openTries(clock);
  const open = Array.from({ length: 8 }, () => tries('ann@x.example', '10.0.0.1'));
  expect(outcome(() => tries('ann@x.example', '10.0.0.1'))).toBe(600);
  open[3]!.succeeded();
  expect(outcome(() => tries('ann@x.example', '10.0.0.1'))).toBe('counted');
});

it('lets a stranger lock nobody else out', () => {
  const clock = new FakeClock('2026-06-01T00:00:00Z');
  const tries = openTries(clock);
  for (let i = 0; i < 20; i++) outcome(() => tries('owner@x.example', '10.0.0.66'));
  expect(outcome(() => tries('owner@x.example', '10.0.0.1'))).toBe('counted');
  clock.advance(4 * MINUTE);
  expect(outcome(() => tries('owner@x.example', '10.0.0.66'))).toBe(360);
  clock.advance(6 * MINUTE);
  expect(outcome(() => tries('owner@x.example', '10.0.0.66'))).toBe('counted');
});

it('stops an address that tries one password for many e-mails', () => {
  const tries = openTries(new FakeClock('2026-06-01T00:00:00Z'));
  const outcomes = Array.from({ length: 100 }, (_, i) =>
    outcome(() => tries(`p${i}@x.example`, '2001:db8::1')),
  );
  expect(outcomes.filter((o) => o === 'counted')).toHaveLength(60);
  expect(outcome(() => tries('p101@x.example', '2001:db8:0:0:ffff::2'))).toBe(600);
  expect(outcome(() => tries('p101@x.example', '2001:db8:0:1::1'))).toBe('counted');
});

it('lets never more than eight through, however tries and successes of others mix', () => {
  const step = fc.record({ email: fc.nat(3), address: fc.nat(3), right: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const tries = openTries(new FakeClock('2026-06-01T00:00:00Z'));
      const wrong = new Map<string, number>();
      for (const { email, address, right } of steps) {
        const pair = `${email} ${address}`;
        try {
          const attempt = tries(`${email}`, `10.0.0.${address}`);
          if (right) attempt.succeeded();
          wrong.set(pair, right ? 0 : (wrong.get(pair) ?? 0) + 1);
        } catch {}
        expect(wrong.get(pair) ?? 0).toBeLessThanOrEqual(8);
      }
    }),
  );
});

it('forgets the oldest of a flood, not everything', () => {
  const tries = openTries(new FakeClock('2026-06-01T00:00:00Z'));
  for (let i = 0; i < 19_000; i++) tries('x@x.example', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
  for (let i = 0; i < 8; i++) tries('late@x.example', '11.0.0.1');
  for (let i = 0; i < 5_000; i++) tries('y@x.example', `12.0.${(i >> 8) & 255}.${i & 255}`);
  expect(outcome(() => tries('late@x.example', '11.0.0.1'))).toBe(600);
});

it('knows whom an address stands for', () => {
  expect(networkOf('::ffff:10.1.2.3')).toBe('10.1.2.3');
  expect(networkOf('2001:0db8:0000:0001:aaaa::1')).toBe('2001:db8:0:1');
  expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0');
  expect(networkOf('::1')).toBe('0:0:0:0');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0');
});

it('checks few passwords at once and refuses beyond a short queue', async () => {
  const passwords = openPasswords();
  const asked = await Promise.allSettled(
    Array.from({ length: 60 }, () => passwords.isRight(undefined, 'guess')),
  );
  const refused = asked.filter((a) => a.status === 'rejected');
  expect(refused).toHaveLength(28);
  expect((refused[0] as PromiseRejectedResult).reason).toMatchObject({ status: 429, seconds: 2 });
  expect(await passwords.isRight(await passwords.hashOf('a good password'), 'a good password')).toBe(true);
  await expect(passwords.hashOf('short')).rejects.toMatchObject({ code: 'auth.short_password' });
});
