import { gzipSync } from 'node:zlib';
import { catalogEndpoints, collectEndpoints } from '@qianmian/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testApp } from '../../test-app.ts';

const t = await testApp();
const { app } = t.app.http;
const DAY = 86_400_000;

async function shop() {
  const workspace = await t.workspace();
  const [source] = await t.call(collectEndpoints.listSources, { params: { workspace } });
  const { writeKey: key } = source!;
  return {
    workspace,
    key,
    /** Its key is a server's from now on. */
    asServer: () =>
      t.call(collectEndpoints.updateSource, {
        params: { workspace, id: source!.id },
        body: { client: null },
      }),
    async events() {
      await t.app.collector.drained();
      return (await t.call(collectEndpoints.listEvents, { params: { workspace }, query: { limit: 500 } }))
        .rows;
    },
    async event(name: string) {
      const found = (await this.events()).find((e) => e.name === name || e.original?.name === name);
      if (!found) throw new Error(`no ${name}: ${JSON.stringify(await this.quarantine())}`);
      return found;
    },
    async quarantine() {
      await t.app.collector.drained();
      return (await t.call(collectEndpoints.listQuarantine, { params: { workspace }, query: { limit: 500 } }))
        .rows;
    },
    lines: () =>
      t.app.warehouse.query<Record<string, unknown>>(
        `SELECT order_id, line_kind, product_id, quantity, discount_cents, net_cents, coupon_code
         FROM collect_order_line FINAL WHERE workspace = {workspace:String} ORDER BY line_kind, product_id`,
        { workspace },
      ),
    ga4: (body: object, path = '/mp/collect') =>
      app.inject({
        method: 'POST',
        url: `${path}?measurement_id=G-X&api_secret=${key}`,
        payload: JSON.stringify(body),
      }),
    sensors: (events: unknown, form = 'data_list') =>
      app.inject({
        method: 'POST',
        url: `/sa?project=shop&token=${key}`,
        headers: { 'content-type': 'text/plain' },
        payload: `${form}=${encodeURIComponent(gzipSync(JSON.stringify(events)).toString('base64'))}&gzip=1`,
      }),
    segment: (batch: unknown[]) =>
      app.inject({
        method: 'POST',
        url: '/v1/batch',
        headers: { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` },
        payload: { batch },
      }),
  };
}

describe('GA4, by the Measurement Protocol', () => {
  const item = {
    item_id: 'p-1',
    item_name: 'Tea',
    item_brand: 'Hill',
    item_category: 'Drinks',
    item_category2: 'Tea',
    price: 9,
    discount: 1,
    quantity: 2,
    index: 4,
  };

  it('tells orders, refunds and products under our names, and keeps its own', async () => {
    const s = await shop();
    const at = t.clock.now() - 2 * DAY;
    const params = {
      transaction_id: 'o-1',
      value: 18,
      currency: 'CNY',
      coupon: 'SPRING',
      tax: 1,
      items: [item],
      session_id: '77',
      engagement_time_msec: 5,
    };
    const answer = await s.ga4({
      client_id: 'c.1',
      user_id: 'u-1',
      timestamp_micros: at * 1000,
      user_properties: { tier: { value: 'gold' } },
      consent: { ad_user_data: 'GRANTED' },
      events: [
        { name: 'purchase', params },
        { name: 'view_item', params: { currency: 'CNY', items: [{ ...item, item_id: 'p-2', discount: 0 }] } },
        { name: 'my_own', params: { colour: 'red', size: 3 } },
      ],
    });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const order = await s.event('Order Completed');
    expect(order).toMatchObject({
      time: new Date(at).toISOString(),
      original: { protocol: 'ga4', name: 'purchase', mapping: 1 },
      properties: {
        ...params,
        order_id: 'o-1',
        products: [{ product_id: 'p-1', name: 'Tea', category: 'Drinks > Tea' }],
      },
      context: { sessionId: '77' },
      envelope: { client_id: 'c.1', user_id: 'u-1', consent: { ad_user_data: 'GRANTED' } },
    });
    expect(await s.event('my_own')).toMatchObject({ name: 'my_own', properties: { colour: 'red', size: 3 } });
    expect(await s.event('view_item')).toMatchObject({
      name: 'Product Viewed',
      properties: { product_id: 'p-2', price: 9 },
    });
    expect(await s.lines()).toEqual([
      {
        order_id: 'o-1',
        line_kind: 'sale',
        product_id: 'p-1',
        quantity: 2,
        discount_cents: 200,
        net_cents: 1800,
        coupon_code: 'SPRING',
      },
    ]);
    expect(await t.app.catalog.product(s.workspace, 'p-2')).toMatchObject({
      name: 'Tea',
      brand: 'Hill',
      priceCents: 900,
      category: ['Drinks', 'Tea'],
    });
    await s.ga4({ client_id: 'c.1', events: [{ name: 'refund', params: { transaction_id: 'o-1' } }] });
    await s.events();
    expect((await s.lines()).reduce((sum, l) => sum + Number(l.net_cents), 0)).toBe(0);
  });

  it('has a door that says what is wrong and keeps nothing', async () => {
    const s = await shop();
    const good = await s.ga4(
      { client_id: 'c', events: [{ name: 'purchase', params: { transaction_id: '1' } }] },
      '/debug/mp/collect',
    );
    expect([good.statusCode, good.json()]).toEqual([200, { validationMessages: [] }]);
    const bad = await s.ga4(
      { events: [{ name: 'purchase', params: { value: 1 } }, { name: '1st' }, { name: 'session_start' }] },
      '/debug/mp/collect',
    );
    expect((bad.json() as { validationMessages: object[] }).validationMessages).toMatchObject([
      { fieldPath: 'client_id', validationCode: 'VALUE_REQUIRED' },
      { fieldPath: 'events[0].params.transaction_id', validationCode: 'VALUE_REQUIRED' },
      { fieldPath: 'events[0].params.currency', validationCode: 'VALUE_REQUIRED' },
      { fieldPath: 'events[1].name', validationCode: 'NAME_INVALID' },
      { fieldPath: 'events[2].name', validationCode: 'NAME_RESERVED' },
    ]);
    expect([await s.events(), await s.quarantine()]).toEqual([[], []]);
  });
});

describe("GA4, by gtag's own hits", () => {
  it('tells one event in its address, several in its body, and each once', async () => {
    const s = await shop();
    const page =
      'v=2&cid=1.2&sid=9&_p=555&dl=https%3A%2F%2Fshop.example%2Fa&dt=Shop&dr=https%3A%2F%2Fref.example&ul=zh-cn&sr=800x600';
    const url = `/g/collect?tid=${s.key}&${page}&_s=1`;
    const view = await app.inject({
      method: 'GET',
      url: `${url}&en=page_view&uid=u-9&up.tier=gold&upn.visits=3`,
    });
    expect([view.statusCode, view.body]).toEqual([204, '']);
    await app.inject({ method: 'GET', url: `${url}&en=page_view&uid=u-9&up.tier=gold&upn.visits=3` });
    const hits = [
      'en=add_to_cart&ep.currency=CNY&epn.value=19.8&pr1=idp-7~nmCup~~s~brHill~caHome~pr9.9~qt2~k0colour~v0red&_et=12',
      'en=search&ep.search_term=%E8%8C%B6',
    ].join('\r\n');
    await app.inject({
      method: 'POST',
      url: `/key/${s.key}/g/collect?tid=G-REAL1&${page}&_s=2`,
      payload: hits,
      headers: { 'content-type': 'text/plain' },
    });
    expect((await s.events()).map((e) => e.name).sort()).toEqual([
      'Page Viewed',
      'Product Added',
      'Products Searched',
    ]);
    expect(await s.event('page_view')).toMatchObject({
      channel: 'web',
      properties: { url: 'https://shop.example/a', title: 'Shop', referrer: 'https://ref.example' },
      context: {
        page: { url: 'https://shop.example/a', title: 'Shop', referrer: 'https://ref.example' },
        locale: 'zh-cn',
        sessionId: '9',
        screen: { resolution: '800x600' },
      },
      envelope: { cid: '1.2', uid: 'u-9', _s: '1' },
    });
    expect(JSON.stringify(await s.events())).not.toContain(s.key);
    expect(await s.event('add_to_cart')).toMatchObject({
      envelope: { tid: 'G-REAL1', _et: '12' },
      properties: {
        value: 19.8,
        product_id: 'p-7',
        price: 9.9,
        quantity: 2,
        items: [
          {
            item_id: 'p-7',
            item_name: 'Cup~s',
            item_brand: 'Hill',
            item_category: 'Home',
            price: 9.9,
            quantity: 2,
            colour: 'red',
          },
        ],
      },
    });
    expect((await s.event('search')).properties).toMatchObject({ search_term: '茶', query: '茶' });
    expect(await t.app.identity.personOf(s.workspace, { type: 'user', value: 'u-9' })).toBeGreaterThan(0);
  });
});

describe('Sensors', () => {
  const event = (more: object = {}) => ({
    type: 'track',
    event: '提交订单',
    distinct_id: 'v-1',
    anonymous_id: 'v-1',
    time: t.clock.now() - 1000,
    _track_id: 7,
    properties: {
      订单号: 'o-1',
      commodity_id: 'p-1',
      商品名称: '茶',
      present_price: 12.5,
      $utm_source: 'mail',
      $lib: 'js',
    },
    lib: { $lib: 'js', $lib_version: '1.27.11', $lib_method: 'code' },
    ...more,
  });

  it('counts an event once by project, person, time and track id', async () => {
    const s = await shop();
    await s.sensors([event(), event(), event({ _flush_time: t.clock.now() })]);
    await s.sensors(event(), 'data');
    await s.sensors([event({ _track_id: 8 }), event({ distinct_id: 'v-2' })]);
    expect(await s.events()).toHaveLength(3);
    expect(await s.event('提交订单')).toMatchObject({
      name: 'Checkout Started',
      channel: 'web',
      original: { protocol: 'sensors', name: '提交订单', mapping: 1 },
      properties: {
        订单号: 'o-1',
        order_id: 'o-1',
        product_id: 'p-1',
        name: '茶',
        price: 12.5,
        $utm_source: 'mail',
      },
      context: { campaign: { source: 'mail' }, library: { name: 'js', version: '1.27.11' } },
      envelope: { _track_id: 7, lib: { $lib_method: 'code' } },
    });
  });

  it('is answered with a picture where a picture is asked for, and takes a beacon', async () => {
    const s = await shop();
    const data = Buffer.from(
      JSON.stringify(event({ event: 'payOrder', properties: { order_id: 'o-2', 实付金额: 20 } })),
    ).toString('base64');
    const gif = await app.inject({
      method: 'GET',
      url: `/sa.gif?project=shop&token=${s.key}&data=${encodeURIComponent(data)}&ext=crc%3D1`,
    });
    expect([gif.statusCode, gif.headers['content-type']]).toEqual([200, 'image/gif']);
    expect(gif.rawPayload.subarray(0, 6).toString()).toBe('GIF89a');
    expect([gif.rawPayload.readUInt16LE(6), gif.rawPayload.readUInt16LE(8)]).toEqual([1, 1]);
    const beacon = Buffer.from(
      JSON.stringify(event({ event: '$pageview', properties: { $url: 'https://a', $title: '茶' } })),
    ).toString('base64');
    await app.inject({
      method: 'POST',
      url: `/sa.gif?token=${s.key}`,
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      payload: `data=${encodeURIComponent(beacon)}&ext=crc%3D2`,
    });
    const dry = await app.inject({
      method: 'POST',
      url: `/debug?token=${s.key}`,
      headers: { 'dry-run': 'true' },
      payload: `data=${encodeURIComponent(beacon)}`,
    });
    expect(dry.statusCode).toBe(200);
    expect((await s.events()).map((e) => e.name).sort()).toEqual(['Order Completed', 'Page Viewed']);
    expect((await s.event('$pageview')).properties).toMatchObject({
      url: 'https://a',
      title: '茶',
      $url: 'https://a',
    });
    expect(await s.lines()).toMatchObject([{ order_id: 'o-2', net_cents: 2000 }]);
  });

  it('corrects a clock that runs wrong by the moment of sending', async () => {
    const s = await shop();
    const slow = t.clock.now() - 5 * DAY;
    await s.sensors([event({ time: slow - 60_000, _flush_time: slow })]);
    expect(Date.parse((await s.event('提交订单')).time)).toBe(t.clock.now() - 60_000);
  });

  it('says 413 to a list that unzips to too much, and has room for many small ones at once', async () => {
    const s = await shop();
    const bomb = encodeURIComponent(gzipSync(Buffer.alloc(30_000_000, 32)).toString('base64'));
    const answer = await app.inject({
      method: 'POST',
      url: `/sa?token=${s.key}`,
      payload: `data_list=${bomb}`,
    });
    expect(answer.json()).toMatchObject({ status: 413, code: 'request.too_large' });
    const small = await Promise.all(
      Array.from({ length: 60 }, (_, i) => s.sensors([event({ _track_id: 100 + i })])),
    );
    expect(new Set(small.map((one) => one.statusCode))).toEqual(new Set([200]));
    expect(await s.events()).toHaveLength(60);
  });

  it('that cannot be unpacked is kept with its reason', async () => {
    const s = await shop();
    const send = (payload: string) => app.inject({ method: 'POST', url: `/sa?token=${s.key}`, payload });
    for (const body of [
      'data=%%%',
      `data=${encodeURIComponent(Buffer.from([0x1f, 0x8b, 1, 2]).toString('base64'))}`,
      'what=1',
      'data=YWJj',
    ])
      expect((await send(body)).statusCode).toBe(200);
    await s.sensors([
      { ...event(), type: 'guess' },
      event({ distinct_id: null, anonymous_id: undefined }),
      5,
    ]);
    expect((await s.quarantine()).map((q) => q.reason).sort()).toEqual([
      'malformed_base64',
      'malformed_form',
      'malformed_gzip',
      'malformed_json',
      'no_identity',
      'not_an_object',
      'unknown_type',
    ]);
  });
});

describe('what clients ask for first', () => {
  it('is answered: settings, the source, metrics, preflights', async () => {
    const s = await shop();
    const settings = await app.inject({
      url: `/v1/projects/${s.key}/settings`,
      headers: { origin: 'https://shop.example' },
    });
    expect(settings.json()).toMatchObject({
      integrations: { 'Segment.io': { apiKey: s.key } },
      metrics: { sampleRate: 0 },
    });
    expect(settings.headers['access-control-allow-origin']).toBe('https://shop.example');
    const source = await app.inject({ url: `/sourceConfig/?p=npm&writeKey=${s.key}` });
    expect(source.json()).toMatchObject({ source: { writeKey: s.key, enabled: true, destinations: [] } });
    expect((await app.inject({ method: 'POST', url: '/v1/m', payload: '{"series":[]}' })).statusCode).toBe(
      200,
    );
    for (const path of [
      '/sa.gif',
      '/g/collect',
      '/mp/collect',
      '/beacon/v1/batch',
      '/v1/m',
      '/sourceConfig/',
    ]) {
      const preflight = await app.inject({
        method: 'OPTIONS',
        url: path,
        headers: { origin: 'https://a.example', 'access-control-request-headers': 'anonymousid,sentat' },
      });
      expect(preflight).toMatchObject({
        statusCode: 204,
        headers: {
          'access-control-allow-origin': 'https://a.example',
          'access-control-allow-headers': 'anonymousid,sentat',
          'access-control-max-age': '86400',
        },
      });
    }
  });

  it('is refused to a wrong key, at every door', async () => {
    const wrong = 'qmw_a-key-nobody-has';
    const tries = [
      ['GET', `/v1/projects/${wrong}/settings`],
      ['GET', `/sourceConfig/?writeKey=${wrong}`],
      ['POST', `/beacon/v1/batch?writeKey=${wrong}`],
      ['POST', `/sa?token=${wrong}`],
      ['GET', `/sa.gif?project=${wrong}&data=e30=`],
      ['POST', `/mp/collect?measurement_id=G-1&api_secret=${wrong}`],
      ['POST', `/debug/mp/collect?api_secret=${wrong}`],
      ['GET', `/g/collect?v=2&tid=${wrong}&en=page_view`],
      ['POST', `/key/${wrong}/g/collect?v=2&tid=G-1`],
      ['POST', '/sa'],
      ['POST', '/mp/collect'],
    ] as const;
    for (const [method, url] of tries)
      expect([
        url,
        (await app.inject({ method, url, ...(method === 'POST' ? { payload: '{}' } : {}) })).statusCode,
      ]).toEqual([url, 401]);
  });
});

describe('a shop with doors', () => {
  it('tells stock, footfall and what comes back; a fault names its field', async () => {
    const s = await shop();
    await s.asServer();
    const at = (days: number) => new Date(t.clock.now() - days * DAY).toISOString();
    const stock = (onHand: unknown, days: number) => ({
      type: 'track',
      event: 'Stock Level Reported',
      timestamp: at(days),
      properties: { store_id: 's-1', store_name: '春熙路', product_id: 'p-1', on_hand: onHand, reserved: 1 },
    });
    await s.segment([stock(7, 1), stock(9, 3), stock('many', 0)]);
    await s.segment([
      stock(8, 2),
      { type: 'track', event: 'Footfall Counted', properties: { store_id: 's-2', entered: 40 } },
      { type: 'track', event: 'Footfall Counted', properties: { store_id: 's-2', entered: -1 } },
      {
        type: 'track',
        event: 'Shelf Label Updated',
        properties: { store_id: 's-2', product_id: 'p-9', price: '5.5' },
      },
      {
        type: 'track',
        event: 'Member Card Scanned',
        properties: { store_id: 's-2', till_id: 4, member_card: 'C-77' },
      },
      { type: 'track', event: 'Member Card Scanned', properties: { store_id: 's-2' } },
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u',
        properties: {
          order_id: 'o',
          store_id: 's-3',
          products: [{ product_id: 'p-1', price: 5, quantity: 2 }],
        },
      },
      {
        type: 'track',
        event: 'Return Line Recorded',
        properties: {
          store_id: 's-3',
          order_id: 'o',
          return_id: 'r',
          product_id: 'p-1',
          quantity: 1,
          amount: 5,
        },
      },
    ]);
    await s.events();
    const levels = await t.call(catalogEndpoints.listStock, {
      params: { workspace: s.workspace, id: 'p-1' },
    });
    expect(levels).toEqual([{ storeId: 's-1', onHand: 7, reserved: 1, onOrder: 0, countedAt: at(1) }]);
    expect((await t.app.catalog.stores(s.workspace)).map((one) => [one.storeId, one.name])).toEqual([
      ['s-1', '春熙路'],
      ['s-2', ''],
      ['s-3', ''],
    ]);
    expect((await s.quarantine()).map((q) => [q.reason, q.detail]).sort()).toEqual([
      [
        'bad_property',
        '"Footfall Counted": properties.entered must be how many came in, not below 0; it is -1.',
      ],
      [
        'bad_property',
        '"Stock Level Reported": properties.on_hand must be how many there are; it is "many".',
      ],
      ['no_identity', 'A message needs a userId, an anonymousId or an external id; it has none.'],
    ]);
    expect(
      await t.app.identity.personOf(s.workspace, { type: 'member_card', value: 'C-77' }),
    ).toBeGreaterThan(0);
    expect((await s.lines()).map((l) => [l.line_kind, l.quantity, l.net_cents])).toEqual([
      ['sale', 2, 1000],
      ['return', -1, -500],
    ]);
  });

  it('hears of products in passing, and rewrites none that it knows', async () => {
    const s = await shop();
    const view = (id: string, name: string) => ({
      type: 'track',
      event: 'Product Viewed',
      userId: 'u',
      properties: { product_id: id, name, price: 3, category: 'Tea > Green' },
    });
    await s.segment([
      view('p-1', 'Tea'),
      {
        type: 'track',
        event: 'Cart Viewed',
        userId: 'u',
        properties: { products: [{ product_id: 'p-2', name: 'Rice' }, { sku: 'p-3' }] },
      },
    ]);
    await s.events();
    await s.segment([view('p-1', 'Another name'), view('p-1', 'A third')]);
    await s.events();
    const { rows } = await t.app.catalog.products(s.workspace, {
      search: '',
      category: '',
      limit: 10,
      offset: 0,
    });
    expect(rows.map((p) => [p.productId, p.name, p.priceCents])).toEqual([
      ['p-1', 'Tea', 300],
      ['p-2', 'Rice', null],
      ['p-3', '', null],
    ]);
    const [written] = await t.app.warehouse.query<{ n: number }>(
      "SELECT count() AS n FROM catalog_product WHERE workspace = {workspace:String} AND product_id = 'p-1'",
      { workspace: s.workspace },
    );
    expect(written).toEqual({ n: 1 });
  });
});

describe('what is late', () => {
  it('lands in its own time up to 400 days; what is older is kept aside with its reason', {
    timeout: 60_000,
  }, async () => {
    const s = await shop();
    const hours = 3_600_000;
    const ages = fc.array(fc.integer({ min: 0, max: 450 * 24 }), { minLength: 1, maxLength: 30 });
    let told = 0;
    await fc.assert(
      fc.asyncProperty(ages, fc.integer({ min: -48, max: 48 }), async (all, skewHours) => {
        told += 1;
        const skew = skewHours * hours;
        const now = t.clock.now();
        const id = (i: number) => `late-${told}-${i}`;
        const body = {
          sentAt: new Date(now + skew).toISOString(),
          batch: all.map((age, i) => ({
            type: 'track',
            event: `Told ${told}`,
            userId: 'u',
            messageId: id(i),
            timestamp: new Date(now + skew - age * hours).toISOString(),
          })),
        };
        await app.inject({ method: 'POST', url: `/v1/batch?writeKey=${s.key}`, payload: body });
        await t.app.collector.drained();
        const { rows } = await t.call(collectEndpoints.listEvents, {
          params: { workspace: s.workspace },
          query: { name: `Told ${told}`, limit: 100 },
        });
        const expected = all.flatMap((age, i) =>
          age <= 400 * 24 ? [[`client:${id(i)}`, now - age * hours] as const] : [],
        );
        expect(rows.map((r) => [r.messageId, Date.parse(r.time)] as const).sort()).toEqual(
          [...expected].sort(),
        );
      }),
      { numRuns: 15 },
    );
    const aside = await s.quarantine();
    expect(aside.length).toBeGreaterThan(0);
    expect(new Set(aside.map((q) => q.reason))).toEqual(new Set(['too_late']));
  });
});

describe('whatever is sent to a door', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'a.b', '\0', '\ud800', '__proto__', 'constructor', '1e999', '[', '{"a":'),
  );
  const leaf = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom(1e300, -1, 9e15));
  const { tree: json } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(text, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const sensorsEvent = fc.record(
    {
      type: fc.constantFrom(
        'track',
        'track_signup',
        'profile_set',
        'profile_set_once',
        'profile_increment',
        'profile_append',
        'profile_unset',
        'profile_delete',
        'item_set',
        'item_delete',
      ),
      event: fc.oneof(fc.constantFrom('payOrder', '退款成功', '$pageview', '取消订单'), json),
      distinct_id: fc.oneof(text, json),
      original_id: json,
      item_type: fc.oneof(fc.constant('product'), json),
      item_id: json,
      identities: json,
      time: fc.oneof(fc.constant(Date.parse('2026-05-30T00:00:00Z')), json),
      _track_id: json,
      _flush_time: json,
      properties: fc.oneof(
        json,
        fc.record(
          { order_id: json, order_amount: json, products: json, $utm_source: json, price: json, $lib: json },
          { requiredKeys: [] },
        ),
      ),
      lib: json,
    },
    { requiredKeys: ['type'] },
  );
  const ga4Event = fc.record(
    {
      name: fc.oneof(fc.constantFrom('purchase', 'refund', 'view_item', 'page_view'), json),
      params: fc.oneof(
        json,
        fc.record(
          {
            transaction_id: json,
            items: fc.oneof(
              json,
              fc.array(
                fc.record(
                  { item_id: json, price: json, discount: json, quantity: json },
                  { requiredKeys: [] },
                ),
              ),
            ),
            value: json,
            session_id: json,
            currency: json,
          },
          { requiredKeys: [] },
        ),
      ),
      timestamp_micros: json,
    },
    { requiredKeys: ['name'] },
  );
  const encoded = fc.oneof(
    fc
      .array(fc.oneof(sensorsEvent, json), { maxLength: 8 })
      .map(
        (all) => `data_list=${encodeURIComponent(gzipSync(JSON.stringify(all)).toString('base64'))}&gzip=1`,
      ),
    sensorsEvent.map(
      (one) => `data=${encodeURIComponent(Buffer.from(JSON.stringify(one)).toString('base64'))}`,
    ),
    fc.string({ unit: 'binary' }),
    fc.base64String().map((b) => `data_list=${b}`),
  );
  const ga4Body = fc.oneof(
    fc
      .record(
        {
          client_id: json,
          user_id: json,
          timestamp_micros: json,
          user_properties: json,
          events: fc.array(fc.oneof(ga4Event, json), { maxLength: 8 }),
        },
        { requiredKeys: ['events'] },
      )
      .map((one) => JSON.stringify(one)),
    json.map((one) => JSON.stringify(one)),
    fc.string({ unit: 'binary' }),
  );
  const params = fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'en',
        'cid',
        'uid',
        'sid',
        '_p',
        '_s',
        'ep.currency',
        'epn.value',
        'pr1',
        'pr200',
        'ep.transaction_id',
        'up.x',
        'dl',
        'cu',
      ),
      text,
    ),
    fc.oneof(fc.constantFrom('purchase', 'idA~nmB~pr1', '~~~', 'CNY'), text),
    { maxKeys: 8 },
  );
  const query = (all: Record<string, string>) =>
    new URLSearchParams(
      Object.entries(all).map(([k, v]): [string, string] => [k.toWellFormed(), v.toWellFormed()]),
    ).toString();
  const gtagBody = fc.array(params, { maxLength: 5 }).map((lines) => lines.map(query).join('\r\n'));
  const segmentBody = fc.oneof(
    json.map((one) => JSON.stringify({ batch: one })),
    fc.array(json).map((all) => JSON.stringify({ batch: all })),
    fc.string({ unit: 'binary' }),
  );

  const doors = {
    sa: (key: string) =>
      encoded.map((payload) => ({ method: 'POST' as const, url: `/sa?project=x&token=${key}`, payload })),
    'sa.gif': (key: string) =>
      encoded.map((payload) => ({ method: 'POST' as const, url: `/sa.gif?token=${key}`, payload })),
    'sa.gif by GET': (key: string) =>
      fc.base64String().map((data) => ({
        method: 'GET' as const,
        url: `/sa.gif?token=${key}&data=${encodeURIComponent(data)}`,
      })),
    'mp/collect': (key: string) =>
      ga4Body.map((payload) => ({ method: 'POST' as const, url: `/mp/collect?api_secret=${key}`, payload })),
    'debug/mp/collect': (key: string) =>
      ga4Body.map((payload) => ({
        method: 'POST' as const,
        url: `/debug/mp/collect?api_secret=${key}`,
        payload,
      })),
    'g/collect': (key: string) =>
      fc.tuple(params, gtagBody).map(([all, payload]) => ({
        method: 'POST' as const,
        url: `/key/${key}/g/collect?v=2&${query(all)}`,
        payload,
      })),
    'beacon/v1/batch': (key: string) =>
      segmentBody.map((payload) => ({
        method: 'POST' as const,
        url: `/beacon/v1/batch?writeKey=${key}`,
        payload,
      })),
  };

  it.each(Object.keys(doors) as (keyof typeof doors)[])(
    '%s is stored or set aside, and the next good message is stored',
    { timeout: 120_000 },
    async (door) => {
      const s = await shop();
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(doors[door](s.key), async (request) => {
          sent += 1;
          const answer = await app.inject(request);
          expect([200, 204, 413]).toContain(answer.statusCode);
          await s.segment([
            { type: 'track', event: 'Canary', messageId: `canary-${sent}`, userId: 'canary' },
          ]);
          if (sent % 10 === 0) await t.app.collector.drained();
        }),
        { numRuns: Number(process.env.FUZZ_RUNS ?? 60) },
      );
      await t.app.collector.drained();
      const { rows } = await t.call(collectEndpoints.listEvents, {
        params: { workspace: s.workspace },
        query: { name: 'Canary', limit: 1000 },
      });
      expect(rows).toHaveLength(Math.min(1000, sent));
      expect((await s.quarantine()).filter((q) => q.reason === 'unreadable').map((q) => q.detail)).toEqual(
        [],
      );
    },
  );
});

describe('Numbers that JavaScript would round', () => {
  it('name two people and two orders where two were meant, by every protocol', async () => {
    const s = await shop();
    await s.asServer();
    const ids = ['1234567890123456781', '1234567890123456782'];
    const post = (url: string, payload: string) => app.inject({ method: 'POST', url, payload });
    const items = '[{"product_id":"A","price":10,"quantity":1}]';
    for (const id of ids) {
      await post(
        `/v1/batch?writeKey=${s.key}`,
        `{"batch":[{"type":"track","userId":${id},"event":"Order Completed","properties":{"order_id":${id},"products":${items}}}]}`,
      );
      await post(
        `/sa?token=${s.key}`,
        `{"type":"track","event":"Sa","distinct_id":${id},"login_id":${id},"time":${t.clock.now()},"properties":{}}`,
      );
      await post(
        `/mp/collect?api_secret=${s.key}`,
        `{"client_id":"c${id}","user_id":${id},"timestamp_micros":${t.clock.now()}000,"events":[{"name":"ga"}]}`,
      );
    }
    const events = await s.events();
    expect(await s.quarantine()).toEqual([]);
    expect(events).toHaveLength(6);
    expect(new Set(events.map((event) => event.personId)).size).toBe(2);
    expect(new Set((await s.lines()).map((line) => line.order_id))).toEqual(new Set(ids));
    for (const id of ids)
      expect(await t.app.identity.personOf(s.workspace, { type: 'user', value: id })).not.toBeNull();
  });
});

describe('A form of millions of parameters', () => {
  it('is set aside unread', async () => {
    const s = await shop();
    for (const [url, payload] of [
      [`/g/collect?tid=${s.key}`, 'a&'.repeat(1_000_000)],
      [`/g/collect?tid=${s.key}`, 'a\n'.repeat(1_000_000)],
      [`/sa?token=${s.key}`, 'a&'.repeat(1_000_000)],
    ] as const)
      expect((await app.inject({ method: 'POST', url, payload })).statusCode).toBeLessThan(300);
    expect((await s.quarantine()).map((row) => row.reason)).toEqual(Array(3).fill('malformed_form'));
  });
});
