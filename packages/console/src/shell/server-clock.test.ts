import { api } from '@qianmian/contract';
import { afterEach, expect, it, vi } from 'vitest';
import { createFormat } from '../ui/format.ts';
import { call } from './api.ts';
import { noteServerTime, serverNow } from './server-clock.ts';

const BROWSER = '2026-11-22T12:00:00Z';
const answerAt = (time: string) =>
  (async () =>
    new Response('[]', { headers: { 'x-qianmian-now': time } })) as unknown as typeof globalThis.fetch;

afterEach(() => {
  noteServerTime(new Date().toISOString());
  vi.useRealTimers();
});

it('says how long ago by the clock of the server, which a demo lets run ahead', async () => {
  vi.useFakeTimers({ now: Date.parse(BROWSER) });
  const format = createFormat({ language: 'en', currency: 'CNY', timeZone: 'UTC', now: serverNow });
  const computedAt = '2026-12-06T11:00:00Z';
  expect(format.ago(computedAt)).toBe('in 13 days');
  await call(
    api.listSegments,
    { params: { workspace: 'demo' } },
    { fetch: answerAt('2026-12-06T12:00:00Z') },
  );
  expect(format.ago(computedAt)).toBe('1 hour ago');
  vi.advanceTimersByTime(60 * 60_000);
  expect(format.ago(computedAt)).toBe('2 hours ago');
});

it('is not moved by the way of an answer, nor by one that tells no time', () => {
  vi.useFakeTimers({ now: Date.parse(BROWSER) });
  noteServerTime('2026-11-22T11:59:59Z');
  noteServerTime(null);
  noteServerTime('soon');
  expect(serverNow()).toBe(Date.parse(BROWSER));
});
