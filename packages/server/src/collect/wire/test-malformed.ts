import { createHmac } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
import { generatorOf, nextShare } from '@qianmian/science/random';

/** A request as hostile or broken clients send it. */
export interface Malformed {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  /** Messages and bodies in it that were damaged. */
  payloads: number;
}

/** Where the requests go: a write key, and a webhook with its secret. */
export interface Doors {
  key: string;
  hookId: string;
  hookSecret: string;
}

type Random = () => number;
type Value = unknown;

/**
 * Real payloads of every protocol, damaged in the ways that are seen and those that are meant: bytes flipped and cut,
 * gzip, base64, UTF-8 and JSON broken, numbers too large, nesting too deep, keys of prototypes, wrong types, keys twice,
 * headers that lie. The same seed gives the same requests.
 */
export function* malformed(seed: number, doors: Doors): Generator<Malformed, never> {
  const state = generatorOf(seed);
  const random = () => nextShare(state);
  for (let n = 0; ; n++) {
    const roads = [segment, segment, rudder, sensors, sensors, ga4, gtag, hook];
    const request = pick(random, roads)(random, doors, `${seed}-${n}`);
    yield odd(random, request);
  }
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const chance = (random: Random, share: number) => random() < share;

function segmentMessage(id: string, random: Random): Record<string, Value> {
  const kinds: Record<string, Value>[] = [
    {
      type: 'track',
      event: 'Product Viewed',
      properties: { product_id: 'P1', price: 19.9, tags: ['a', 'b'] },
    },
    {
      type: 'track',
      event: 'Order Completed',
      properties: {
        order_id: `o-${id}`,
        currency: 'CNY',
        coupon: 'SPRING',
        products: [{ product_id: 'P1', name: '茶', price: 12.5, quantity: 2 }],
      },
    },
    { type: 'track', event: 'Order Refunded', properties: { order_id: `o-${id}`, total: 12.5 } },
    {
      type: 'identify',
      traits: { email: 'ann@example.com', phone: '+8613800000000', address: { city: '上海' } },
    },
    { type: 'page', name: 'Home', properties: { url: 'https://shop.example/?a=b' } },
    { type: 'group', groupId: 'g', traits: { plan: 'gold' } },
    { type: 'alias', previousId: `old-${id}` },
    {
      type: 'track',
      event: 'Stock Level Reported',
      properties: { store_id: 's', product_id: 'P1', on_hand: 3 },
    },
  ];
  return {
    messageId: `m-${id}`,
    userId: `u-${id.length % 7}`,
    anonymousId: 'a-1',
    timestamp: '2026-05-31T04:00:00.000Z',
    context: { ip: '203.0.113.7', library: { name: 'analytics-node' }, device: { id: 'd-1' } },
    ...pick(random, kinds),
  };
}

function batchOf(random: Random, id: string, make: (id: string, random: Random) => Value) {
  const size = chance(random, 0.5) ? 1 : 1 + Math.floor(random() * 40);
  return Array.from({ length: size }, (_, i) => damaged(random, make(`${id}.${i}`, random)));
}

function segment(random: Random, { key }: Doors, id: string): Malformed {
  const batch = batchOf(random, id, segmentMessage);
  const body = jsonText(random, {
    batch,
    sentAt: damagedAtTimes(random, '2026-06-01T04:00:00.000Z'),
    writeKey: key,
  });
  const isAlone = chance(random, 0.2);
  return {
    method: 'POST',
    url: isAlone ? `/v1/${pick(random, ['track', 'identify', 'page', 'p', 't', 'i'])}` : '/v1/batch',
    headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
    body: packed(random, body),
    payloads: batch.length,
  };
}

function rudder(random: Random, { key }: Doors, id: string): Malformed {
  const batch = batchOf(random, id, (one, r) => ({
    ...segmentMessage(one, r),
    channel: 'server',
    originalTimestamp: '2026-05-31T04:00:00.000Z',
  }));
  return {
    method: 'POST',
    url: chance(random, 0.5) ? `/beacon/v1/batch?writeKey=${key}` : '/v1/batch',
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(chance(random, 0.5) ? { anonymousid: odds(random), sentat: odds(random) } : {}),
    },
    body: bytesDamaged(random, gzipSync(jsonText(random, { batch }))),
    payloads: batch.length,
  };
}

function sensorsEvent(id: string, random: Random): Value {
  return {
    type: pick(random, [
      'track',
      'profile_set',
      'profile_increment',
      'profile_append',
      'profile_unset',
      'item_set',
      'track_signup',
    ]),
    event: pick(random, ['$pageview', 'payOrder', '支付订单']),
    distinct_id: 'a-1',
    anonymous_id: 'a-1',
    identities: { $identity_login_id: 'u-1' },
    time: 1_780_286_400_000,
    _track_id: id.length * 7919,
    properties: {
      $os: 'iOS',
      order_id: `s-${id}`,
      amount: 12.5,
      city: '上海',
      item_type: 'product',
      tags: ['a'],
    },
    lib: { $lib: 'js', $lib_version: '1.27.0' },
  };
}

function sensors(random: Random, { key }: Doors, id: string): Malformed {
  const list = batchOf(random, id, sensorsEvent);
  const isOne = chance(random, 0.3);
  const json = jsonText(random, isOne ? list[0] : list);
  const zip = !isOne && chance(random, 0.6);
  let text = bytesDamaged(random, zip ? gzipSync(json) : json).toString('base64');
  if (chance(random, 0.15)) text = cut(random, text) + pick(random, ['', '%', '=', '====', '\u0000', '中文']);
  const form = `${isOne ? 'data' : 'data_list'}=${encodeURIComponent(text)}${zip ? '&gzip=1' : ''}`;
  const url = `/sa${chance(random, 0.3) ? '.gif' : ''}?project=shop&token=${key}`;
  if (isOne && chance(random, 0.4))
    return {
      method: 'GET',
      url: `${url}&${form.slice(0, 6000)}&ext=crc%3D1`,
      headers: {},
      body: undefined,
      payloads: 1,
    };
  return { method: 'POST', url, headers: {}, body: Buffer.from(form), payloads: isOne ? 1 : list.length };
}

function ga4(random: Random, { key }: Doors, id: string): Malformed {
  const events = batchOf(random, id, (one) => ({
    name: pick(random, ['purchase', 'view_item', 'page_view', 'refund']),
    params: {
      transaction_id: `g-${one}`,
      currency: 'CNY',
      value: 30.03,
      items: [{ item_id: 'P1', item_name: 'Tea', price: 10.01, quantity: 3 }],
    },
  }));
  const body = jsonText(random, {
    client_id: damagedAtTimes(random, '123.456'),
    timestamp_micros: damagedAtTimes(random, 1_780_286_400_000_000),
    events,
  });
  return {
    method: 'POST',
    url: `/mp/collect?measurement_id=G-X&api_secret=${key}`,
    headers: {},
    body: packed(random, body),
    payloads: events.length,
  };
}

function gtag(random: Random, { key }: Doors, id: string): Malformed {
  const part = (name: string, value: string) => `${name}=${encodeURIComponent(value)}`;
  const shared = [
    part('v', '2'),
    part('tid', key),
    part('cid', odds(random)),
    part('dl', 'https://shop.example/'),
  ];
  const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, i) =>
    [
      part('en', pick(random, ['page_view', 'purchase', odds(random)])),
      part('ep.transaction_id', `t-${id}.${i}`),
      part('epn.value', pick(random, ['1', '1e999', 'NaN', odds(random)])),
      part('pr1', pick(random, ['idP1~pr10.01~qt3', 'id~pr~qt', '~~~', odds(random)])),
    ].join('&'),
  );
  return {
    method: 'POST',
    url: `/g/collect?${shared.join('&').slice(0, 4000)}`,
    headers: {},
    body: bytesDamaged(random, Buffer.from(lines.join(pick(random, ['\n', '\r\n', '\n\n'])))),
    payloads: lines.length,
  };
}

/** Signed as it should be: what is in it is as broken as the rest. */
function hook(random: Random, { hookId, hookSecret }: Doors, id: string): Malformed {
  const messages = batchOf(random, id, (one) => ({
    messageId: `h-${one}`,
    event: 'Workshop Attended',
    userId: 'u-1',
    timestamp: '2026-05-30T09:00:00Z',
    properties: { seats: 2 },
  }));
  const body = bytesDamaged(random, jsonText(random, { messages }));
  return {
    method: 'POST',
    url: `/v1/hooks/${hookId}`,
    headers: {
      'content-type': 'application/json',
      'x-signature': createHmac('sha256', hookSecret).update(body).digest('hex'),
    },
    body,
    payloads: messages.length,
  };
}

/** Headers that lie, and more of them than are good. */
function odd(random: Random, request: Malformed): Malformed {
  const headers = { ...request.headers };
  if (chance(random, 0.1)) headers['content-encoding'] = pick(random, ['gzip', 'br', 'identity', 'x']);
  if (chance(random, 0.1))
    headers['content-type'] = pick(random, [
      'text/plain',
      'multipart/form-data',
      'application/json; charset=utf-16',
      ';',
      'image/png',
    ]);
  if (chance(random, 0.03))
    headers.authorization = pick(random, ['Basic', 'Basic !!!!', 'Bearer x', `Basic ${'A'.repeat(3000)}`]);
  if (chance(random, 0.03)) headers.origin = pick(random, ['null', 'https://x', 'x'.repeat(2000)]);
  if (chance(random, 0.02)) headers['x-forwarded-for'] = pick(random, ['::1', 'x', '1.1.1.1, 2.2.2.2']);
  return { ...request, headers };
}

const WORDS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udc00x',
  '\u202e',
  '中文',
  '😀'.repeat(40),
  'null',
  'undefined',
  'NaN',
  '0000',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE x; --",
  '{{7*7}}',
  `$\{x}`,
  '../../x',
  '\r\n\r\n',
  '\\',
  '"',
  'campaign:1',
  'coupon-redeemed:1',
  'a'.repeat(5000),
  '1e400',
  '-0',
  '٣',
  '2026-02-30',
  '9999-99-99T99:99:99Z',
];
const odds = (random: Random) =>
  pick(random, WORDS)
    .replace(/[^\x21-\x7e]/g, 'x')
    .slice(0, 300);

/** A value that nobody should send in the place of another. */
function strange(random: Random): Value {
  switch (Math.floor(random() * 12)) {
    case 0:
      return null;
    case 1:
      return pick(random, [true, false]);
    case 2:
      return pick(random, [0, -1, 1e21, 1.7976931348623157e308, 5e-324, 2 ** 53 + 2, -1e15]);
    case 3:
      return [];
    case 4:
      return {};
    case 5:
      return nested(Math.floor(random() * 300), chance(random, 0.5));
    case 6:
      return Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}.${pick(random, WORDS)}`, i]));
    case 7:
      return JSON.parse(
        `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a.b":1,"a":{"b":2}}`,
      );
    case 8:
      return Array.from({ length: 40 }, (_, i) => pick(random, [i, `${i}`, null, [i], { i }]));
    case 9:
      return {
        raw: pick(random, [
          '1e400',
          '-1e400',
          '00',
          '+1',
          '.5',
          '0x10',
          'NaN',
          'Infinity',
          "'x'",
          'undefined',
        ]),
      };
    default:
      return pick(random, WORDS);
  }
}

function nested(depth: number, asList: boolean): Value {
  let value: Value = 1;
  for (let i = 0; i < depth; i++) value = asList ? [value] : { d: value };
  return value;
}

const damagedAtTimes = (random: Random, value: Value) => (chance(random, 0.1) ? strange(random) : value);

/** A value with one to three of its places changed, taken away, or doubled under another name. */
function damaged(random: Random, value: Value): Value {
  if (chance(random, 0.05)) return strange(random);
  const copy = structuredClone(value);
  for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
    let place = copy as Record<string, Value>;
    for (let down = 0; down < 4; down++) {
      const inner = Object.values(place).filter((one) => typeof one === 'object' && one !== null);
      if (inner.length === 0 || chance(random, 0.45)) break;
      place = pick(random, inner) as Record<string, Value>;
    }
    const names = Object.keys(place);
    const name = chance(random, 0.15) || names.length === 0 ? pick(random, WORDS) : pick(random, names);
    if (chance(random, 0.2)) delete place[name];
    else
      Object.defineProperty(place, name, {
        value: strange(random),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return copy;
}

/** JSON as text, at times with what JSON.stringify would never write. */
function jsonText(random: Random, value: Value): Buffer {
  let text = JSON.stringify(value) ?? 'null';
  text = text.replaceAll(/\{"raw":"([^"]*)"\}/g, '$1');
  if (chance(random, 0.05)) text = text.replace(/"(\w+)":/, '"$1":1,"$1":');
  if (chance(random, 0.04)) text = cut(random, text);
  if (chance(random, 0.02)) text = `${'['.repeat(3000)}${text}${']'.repeat(3000)}`;
  if (chance(random, 0.02)) text = `\ufeff${text}`;
  if (chance(random, 0.02)) text = `${text}${text}`;
  return Buffer.from(text, chance(random, 0.02) ? 'utf16le' : 'utf8');
}

function packed(random: Random, body: Buffer): Buffer {
  const zipped = chance(random, 0.2) ? gzipSync(body) : chance(random, 0.02) ? deflateSync(body) : body;
  return bytesDamaged(random, zipped);
}

const cut = (random: Random, text: string) => text.slice(0, Math.floor(random() * text.length));

function bytesDamaged(random: Random, bytes: Buffer): Buffer {
  if (!chance(random, 0.2) || bytes.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  if (chance(random, 0.3)) return copy.subarray(0, Math.floor(random() * copy.length));
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--)
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return copy;
}
