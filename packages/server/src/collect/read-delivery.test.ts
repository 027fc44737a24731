import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workspaces } from '../governance/index.ts';
import type { Header, WireBody } from './delivery.ts';
import { openReader } from './read-delivery.ts';
import { withDistinctPaths } from './storable.ts';
import { isWithin, KEYED } from './wire/parse.ts';

const home = { id: 'w', name: 'W', currency: 'EUR', timeZone: 'Europe/Berlin' };
const read = openReader({ workspaces: { recent: async () => home } as unknown as Workspaces });
const now = Date.parse('2026-06-01T04:00:00Z');
const header = (kind: Header['kind']): Header => ({
  ...{ kind, workspace: 'w', source: 's', receivedAt: now, id: 'd' },
});

/** Work in the square of what is said takes minutes and hours. */
const SECONDS = 15;
/** As many values as one message may hold, and as a whole body may. */
const [ONE, ALL] = [45_000, 990_000];

const fields = (n: number, name: (i: number) => string, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [name(i), value]));
const list = (n: number, value: (i: number) => unknown) => Array.from({ length: n }, (_, i) => value(i));
const track = (properties: object, more: object = {}) => ({
  ...{ type: 'track', event: 'Order Completed', userId: 'u', messageId: 'm', properties, ...more },
});
/** Names that all become one when their dots go: `a.b_c`, `a_b.c`, … */
const alike = (i: number) => `x.${[...i.toString(2)].map((bit) => (bit === '1' ? 'a.' : 'a_')).join('')}b`;

const SHAPES: Record<string, (n: number) => unknown> = {
  'names with dots within one another': (n) => track({ x: 1, ...fields(n, (i) => `x.${i}`) }),
  'names that become one name': (n) => track({ x: 1, ...fields(n, alike) }),
  'names of dots': () => track(fields(2400, (i) => '.'.repeat(i))),
  'objects in one another': (n) =>
    track({ list: list(n / 60, (i) => JSON.parse(`${'{"a.b":'.repeat(55)}${i}${'}'.repeat(55)}`)) }),
  'a list': (n) => track({ list: list(n, (i) => i) }),
  'products of one name': (n) => track({ order_id: '1', products: list(n / 2, () => ({})) }),
  'products without an order': (n) =>
    track({ products: list(n / 3, (i) => ({ product_id: `p${i}` })) }, { event: 'Products Viewed' }),
  'paths of spaces': (n) =>
    track(
      { products: list(n / 3, (i) => ({ sku: `p${i}`, category: `a${' '.repeat(900)}b` })) },
      { event: 'Products Viewed' },
    ),
  traits: (n) => ({ type: 'identify', userId: 'u', messageId: 'm', traits: fields(n, (i) => `t${i}`) }),
  'external ids': (n) =>
    track({}, { context: { externalIds: list(n / 3, (i) => ({ type: 'device', id: `d${i}` })) } }),
  prices: (n) =>
    track({ order_id: '1', products: [{ price: '9'.repeat(n), quantity: '9'.repeat(n), discount: 1 }] }),
};

async function secondsOf(body: string, kind: Header['kind'] = 'segment') {
  const begun = performance.now();
  const made = await read(header(kind), body);
  return { made, seconds: (performance.now() - begun) / 1000 };
}

describe('Reading what one event says', () => {
  it.each(Object.entries(SHAPES))('takes a moment, however much it is: %s', async (name, shape) => {
    for (const values of name === 'a list' ? [ONE, ALL] : [ONE]) {
      const body = JSON.stringify({ batch: [shape(values)] } satisfies WireBody);
      expect(isWithin(Buffer.from(body), KEYED)).toBe(true);
      const { made, seconds } = await secondsOf(body);
      expect(seconds).toBeLessThan(SECONDS);
      expect(made.faults.length + made.facts.filter((fact) => fact.kind === 'event').length).toBe(1);
    }
  });

  it('holds it where it says more than anybody needs to', async () => {
    const reason = async (message: unknown) =>
      (await secondsOf(JSON.stringify({ batch: [message] }))).made.faults.map((one) => one.reason);
    expect(await reason(track(fields(60_000, (i) => `${i}`)))).toEqual(['too_many_properties']);
    const named = (n: number) =>
      track({}, { event: 'X', context: { externalIds: list(n, (i) => ({ type: 'device', id: `d${i}` })) } });
    expect(await reason(named(60))).toEqual(['too_many_identifiers']);
    expect(await reason(named(40))).toEqual([]);
  });

  it('does not repeat for thousands what is said of all', async () => {
    const body = (events: number, properties: number) =>
      JSON.stringify({
        batch: list(events, () => ({ name: 'x' })),
        around: { client_id: 'c', user_properties: fields(properties, (i) => `p${i}`) },
      } satisfies WireBody);
    const heavy = await secondsOf(body(10_000, 40_000), 'ga4');
    expect(heavy.seconds).toBeLessThan(SECONDS);
    expect(heavy.made.faults.map((one) => one.reason)).toEqual(['too_many_properties']);
    const usual = await secondsOf(body(25, 25), 'ga4');
    expect(usual.made.faults).toEqual([]);
    expect(usual.made.facts.filter((fact) => fact.kind === 'event')).toHaveLength(25);
  });
});

describe('Distinct paths', () => {
  const keys = fc.uniqueArray(fc.stringMatching(/^[ab_](?:[.ab_!]{0,4})$/), { maxLength: 12 });

  it('are those of every key that meets another: none lies on or within another, no value is lost', () => {
    fc.assert(
      fc.property(keys, (names) => {
        const given = Object.fromEntries(names.map((name, i) => [name, i]));
        const made = withDistinctPaths(given);
        expect(Object.values(made).sort()).toEqual(Object.values(given).sort());
        const meets = (name: string, among: string[]) =>
          among.some(
            (other) => other !== name && (name.startsWith(`${other}.`) || other.startsWith(`${name}.`)),
          );
        for (const name of Object.keys(made)) expect(meets(name, Object.keys(made))).toBe(false);
        for (const name of names) if (!meets(name, names)) expect(made[name]).toBe(given[name]);
      }),
    );
  });
});

describe('A moment', () => {
  const HOUR = 3_600_000;
  const timeOf = async (message: object, more: Partial<WireBody> = {}) => {
    const body = { batch: [{ type: 'track', event: 'X', userId: 'u', ...message }], ...more };
    const [event] = (await read(header('segment'), JSON.stringify(body))).facts;
    return event?.kind === 'event' ? new Date(event.time).toISOString() : null;
  };

  it('without a zone is one of the workspace’s, wherever the process runs', async () => {
    for (const timestamp of [
      '2026-05-31T10:00:00',
      '2026-05-31 10:00:00',
      'May 31 2026 10:00',
      'May 31, 2026 10:00 AM',
    ])
      expect(await timeOf({ timestamp })).toBe('2026-05-31T08:00:00.000Z');
    expect(await timeOf({ timestamp: '2026-05-31' })).toBe('2026-05-30T22:00:00.000Z');
    for (const timestamp of [
      '2026-05-31T10:00:00Z',
      '2026-05-31T12:00:00+02:00',
      'Sun, 31 May 2026 10:00:00 GMT',
    ])
      expect(await timeOf({ timestamp })).toBe('2026-05-31T10:00:00.000Z');
  });

  it('of a clock five hours ahead is corrected, as text or number, said of the body or of the message', async () => {
    const [stamp, sentAt] = [now + 5 * HOUR - 60_000, now + 5 * HOUR];
    const right = new Date(now - 60_000).toISOString();
    const iso = (at: number) => new Date(at).toISOString();
    expect(await timeOf({ timestamp: iso(stamp) }, { sentAt: iso(sentAt) })).toBe(right);
    expect(await timeOf({ timestamp: stamp }, { sentAt })).toBe(right);
    expect(await timeOf({ timestamp: stamp }, { sentAt: String(sentAt) })).toBe(right);
    expect(await timeOf({ originalTimestamp: iso(stamp), sentAt: iso(sentAt) })).toBe(right);
    expect(await timeOf({ timestamp: stamp, sentAt })).toBe(right);
  });
});
