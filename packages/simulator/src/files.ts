import { history } from './history.ts';
import { cardOf, emailOf, phoneOf, userIdOf } from './identifiers.ts';
import type { Fields, SimMessage } from './messages.ts';
import { nameOf } from './names.ts';
import { HAS } from './people.ts';
import { CITIES } from './stores.ts';
import { consents } from './visitor.ts';
import type { World } from './world.ts';

/** Part of a file as a retailer would export it; the first row holds the headers. */
export interface OrderFile {
  file: string;
  rows: string[][];
}

const MEMBERS_PER_FILE = 50_000;

const MEMBER_HEADERS =
  '会员编号,会员卡号,姓名,性别,出生年份,手机号,邮箱,城市,注册日期,邮件营销授权,短信营销授权'.split(',');
const POS_HEADERS =
  '单号,类型,门店编号,收银机,导购,交易时间,会员卡号,商品编码,商品名称,数量,单价,折扣金额,实收金额,优惠券'.split(
    ',',
  );
const WEB_HEADERS =
  'Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem discount,Vendor,Refunded Amount,Customer Id,Source'.split(
    ',',
  );

/**
 * The exports of the same history that history() tells: products, stores, members, and for each month the till
 * receipts (Chinese headers) and web orders (in the form Shopify exports; refunds as rows of their own).
 */
export function* orderFiles(world: World): Generator<OrderFile> {
  yield { file: 'products.csv', rows: productRows(world) };
  yield { file: 'stores.csv', rows: storeRows(world) };
  yield* memberFiles(world);
  yield* monthlyFiles(world);
}

const money = (cents: number): string => (cents / 100).toFixed(2);

function productRows({ products }: World): string[][] {
  const headers = ['商品编码', '商品名称', 'English name', '品牌', '部门', '品类', '售价', '成本', '上市日'];
  const rows = products.map((product) => {
    const [department, leaf] = product.categoryPath;
    const { productId, nameZh, nameEn, brand, priceCents, costCents, launchDay } = product;
    return [
      productId,
      nameZh,
      nameEn,
      brand,
      department![0],
      leaf![0],
      money(priceCents),
      money(costCents),
      String(launchDay),
    ];
  });
  return [headers, ...rows];
}

function storeRows({ stores }: World): string[][] {
  const rows = stores.map(({ storeId, nameZh, nameEn, cityZh, country, lat, lon, timeZone }) => {
    return [storeId, nameZh, nameEn, cityZh, country, lat.toFixed(4), lon.toFixed(4), timeZone];
  });
  return [['门店编号', '门店名称', 'English name', '城市', '国家', '纬度', '经度', '时区'], ...rows];
}

function* memberFiles(world: World): Generator<OrderFile> {
  let rows = [MEMBER_HEADERS];
  let part = 1;
  for (let person = 0; person < world.people.size; person++) {
    if (!isMember(world, person)) continue;
    rows.push(memberRow(world, person));
    if (rows.length <= MEMBERS_PER_FILE) continue;
    yield { file: `members-${part++}.csv`, rows };
    rows = [MEMBER_HEADERS];
  }
  yield { file: `members-${part}.csv`, rows };
}

function isMember({ people, options }: World, person: number): boolean {
  return (people.flags[person]! & (HAS.account | HAS.card)) !== 0 && people.joinDay[person]! < options.days;
}

function memberRow(world: World, person: number): string[] {
  const { people, options, calendar } = world;
  const { seed } = options;
  const flags = people.flags[person]!;
  const female = (flags & HAS.female) !== 0;
  return [
    flags & HAS.account ? userIdOf(seed, person) : '',
    flags & HAS.card && (flags & HAS.linked || !(flags & HAS.account)) ? cardOf(seed, person) : '',
    nameOf(seed, person, female, (flags & HAS.international) !== 0).name,
    female ? '女' : '男',
    String(people.birthYear[person]),
    flags & HAS.phone ? phoneOf(seed, person, people.city[person]!) : '',
    flags & HAS.email ? emailOf(seed, person, flags) : '',
    CITIES[people.city[person]!]!.name[0],
    calendar.season(people.joinDay[person]!).iso,
    consents(world, person, 'email', options.days) ? '是' : '否',
    consents(world, person, 'sms', options.days) ? '是' : '否',
  ];
}

function* monthlyFiles(world: World): Generator<OrderFile> {
  let month = '';
  let tills = [POS_HEADERS];
  let web = [WEB_HEADERS];
  for (const { day, messages } of history(world)) {
    if (month !== '' && day.slice(0, 7) !== month) {
      yield* [
        { file: `pos-${month}.csv`, rows: tills },
        { file: `web-orders-${month}.csv`, rows: web },
      ];
      tills = [POS_HEADERS];
      web = [WEB_HEADERS];
    }
    month = day.slice(0, 7);
    for (const message of messages) {
      if (message.event !== 'Order Completed' && message.event !== 'Order Refunded') continue;
      if (message.properties!.channel === 'store') tills.push(...tillRows(world, message));
      else web.push(...webRows(message));
    }
  }
  yield* [
    { file: `pos-${month}.csv`, rows: tills },
    { file: `web-orders-${month}.csv`, rows: web },
  ];
}

const text = (value: unknown): string => (value === undefined ? '' : String(value));
const amount = (value: unknown): string => Number(value ?? 0).toFixed(2);

function linesOf(message: SimMessage): Fields[] {
  return message.properties!.products as Fields[];
}

function paid(line: Fields): number {
  return Math.round((Number(line.price) * Number(line.quantity) - Number(line.discount)) * 100);
}

function cardShown({ context }: SimMessage): string {
  const ids = (context.externalIds ?? []) as { type: string; id: string }[];
  return ids.find(({ type }) => type === 'member_card')?.id ?? '';
}

/** Wall time at the shop, as a till prints it. */
function tillTime(world: World, storeId: string, timestamp: string): string {
  const ms = Date.parse(timestamp);
  const zone = world.stores.find((store) => store.storeId === storeId)?.timeZone ?? world.options.timeZone;
  return new Date(world.calendar.wallClock(zone, ms)).toISOString().slice(0, 19).replace('T', ' ');
}

function tillRows(world: World, message: SimMessage): string[][] {
  const order = message.properties!;
  const refund = message.event === 'Order Refunded';
  const storeId = text(order.store_id);
  const time = tillTime(world, storeId, message.timestamp);
  const sign = refund ? -1 : 1;
  return linesOf(message).map((line) => [
    text(order.order_id),
    refund ? '退货' : '销售',
    storeId,
    text(order.till_id),
    text(order.associate_id),
    time,
    cardShown(message),
    text(line.product_id),
    text(line.name),
    String(sign * Number(line.quantity)),
    amount(line.price),
    amount(line.discount),
    money(sign * paid(line)),
    text(order.coupon),
  ]);
}

function webRows(message: SimMessage): string[][] {
  const order = message.properties!;
  const refund = message.event === 'Order Refunded';
  return linesOf(message).map((line, nth) => {
    const head = nth === 0 && !refund;
    const once = (value: string): string => (head ? value : '');
    return [
      text(order.order_id),
      once(text(order.email)),
      refund ? 'refunded' : once('paid'),
      once(message.timestamp),
      once(text(order.currency)),
      once(amount(order.revenue)),
      once(amount(order.shipping)),
      once(amount(order.tax)),
      once(amount(order.total)),
      once(text(order.coupon)),
      once(amount(order.discount)),
      message.timestamp,
      text(line.quantity),
      text(line.name),
      amount(line.price),
      amount(line.regular_price ?? line.price),
      text(line.sku),
      amount(line.discount),
      text(line.brand),
      nth === 0 && refund ? amount(order.total) : '',
      once(text(message.userId)),
      once(text(order.channel)),
    ];
  });
}
