import { planAftermath } from './aftermath.ts';
import {
  aimChooser,
  chooseProduct,
  chooseStore,
  fillBasket,
  type Line,
  placeOf,
  shelfPrice,
} from './basket.ts';
import { cardOf, userIdOf } from './identifiers.ts';
import { decimal, externalId, type Fields, type Pen, takePen, track, write } from './messages.ts';
import {
  type Coupon,
  closeOrder,
  goodsCents,
  type Order,
  orderFields,
  orderNumber,
  productFields,
} from './orders.ts';
import { HAS } from './people.ts';
import { type Errand, messagePrefix, type Play } from './play.ts';
import { chance, SALT } from './rng.ts';
import { activeTouches, boostChance, multiplier, type Touch } from './touches.ts';
import { onlineVisitor, storeVisitor, traitsOf, typedEmail, type Visitor } from './visitor.ts';

type Visit = Extract<Errand, { kind: 'visit' }>;

const TRACKED_ORDERS = 0.38;
const LETTER = { order: 'o', browse: 'b', boost: 'x', click: 'k' } as const;

interface Trail {
  pen: Pen;
  atMs: number;
}

/** A visit takes place, unless a message put the person off, or did not move them after all. */
export function makeVisit(play: Play, visit: Visit): void {
  if (!comesAfterAll(play, visit)) return;
  const { world, rng, chooser } = play;
  const moment = visit.purpose === 'click' ? Math.floor(visit.atMs / 1000) | 0 : visit.day;
  rng.reseed(world.options.seed, visit.person, moment, SALT.visit + LETTER[visit.purpose].charCodeAt(0));
  aimChooser(chooser, visit.person, visit.day);
  if (visit.purpose === 'order' || visit.purpose === 'boost') shop(play, visit);
  else if (visit.channel === 'store') scanCard(play, visit);
  else browse(play, visit);
}

function comesAfterAll({ world, touches }: Play, { purpose, person, day, atMs }: Visit): boolean {
  if (purpose === 'browse' || purpose === 'click') return true;
  const own = touches.get(person);
  if (!own) return purpose === 'order';
  const factor = multiplier(own, atMs);
  const { seed } = world.options;
  if (purpose === 'boost')
    return chance(seed, person, day, SALT.boost) < boostChance(world, person, day, factor);
  return factor >= 1 || chance(seed, person, day, SALT.thin) < factor;
}

function browse(play: Play, visit: Visit): void {
  const { world, rng } = play;
  const { person, day } = visit;
  const visitor = onlineVisitor(world, person, visit.channel, day, rng);
  if (visit.campaignId)
    visitor.context.campaign = { name: visit.campaignId, source: 'qianmian', medium: 'email' };
  const trail = startTrail(play, visit, visitor);
  landOn(play, trail, visitor, day);
  const looks = 1 + Math.min(6, Math.floor(1.5 * rng.exponential()));
  for (let i = 0; i < looks; i++) {
    const product = chooseProduct(play.chooser, rng);
    lookAt(play, trail, product);
    if (rng.happens(0.07))
      track(trail.pen, step(play, trail), 'Product Added', addedFields(play, product, 1));
  }
}

function scanCard(play: Play, visit: Visit): void {
  const { world } = play;
  const { seed } = world.options;
  if (!(world.people.flags[visit.person]! & HAS.card)) return;
  const prefix = messagePrefix(play, visit.person, visit.day, 'c');
  const store = chooseStore(play.chooser, visit.day);
  const context: Fields = {
    channel: 'store',
    externalIds: [externalId('member_card', cardOf(seed, visit.person))],
  };
  const pen = takePen(play.out, visit.person, prefix, { anonymousId: `receipt-${prefix}` }, context);
  track(pen, visit.atMs, 'Member Card Scanned', { store_id: world.stores[store]!.storeId });
}

function startTrail(play: Play, visit: Visit, visitor: Visitor): Trail {
  const prefix = messagePrefix(
    play,
    visit.person,
    visit.day,
    LETTER[visit.purpose] + (visit.purpose === 'click' ? visit.atMs.toString(36) : ''),
  );
  return { pen: takePen(play.out, visit.person, prefix, visitor.who, visitor.context), atMs: visit.atMs };
}

function step(play: Play, trail: Trail): number {
  trail.atMs += 4_000 + Math.floor(35_000 * play.rng.uniform());
  return trail.atMs;
}

function landOn(play: Play, trail: Trail, visitor: Visitor, day: number): void {
  const { rng } = play;
  const { pen } = trail;
  if (visitor.known && rng.happens(0.16)) {
    write(pen, trail.atMs, { type: 'identify', traits: traitsOf(play.world, pen.person, day) });
  }
  if (visitor.channel === 'app') {
    write(pen, step(play, trail), { type: 'screen', name: 'Home', properties: {} });
  } else {
    const page = { path: '/', url: 'https://www.qianmian.example/', title: '千面百货 Qianmian Market' };
    write(pen, step(play, trail), { type: 'page', name: 'Home', properties: page }, { ...pen.context, page });
  }
}

function lookAt(play: Play, trail: Trail, product: number): void {
  const { world, rng, chooser } = play;
  const leaf = world.range.leafOf[product]!;
  const { nameZh, categoryId } = world.categories[leaf]!;
  if (rng.happens(0.2)) track(trail.pen, step(play, trail), 'Products Searched', { query: nameZh });
  else if (rng.happens(0.25)) {
    const { category } = world.products[product]!;
    track(trail.pen, step(play, trail), 'Product List Viewed', { list_id: categoryId, category });
  }
  const fields = productFields(world, product);
  fields.price = decimal(shelfPrice(chooser, product));
  track(trail.pen, step(play, trail), 'Product Viewed', fields);
}

function addedFields(play: Play, product: number, quantity: number): Fields {
  const fields = productFields(play.world, product);
  fields.price = decimal(shelfPrice(play.chooser, product));
  fields.quantity = quantity;
  return fields;
}

function shop(play: Play, visit: Visit): void {
  const { world, rng, chooser, stock } = play;
  const { person, day, channel } = visit;
  const store = channel === 'store' ? chooseStore(chooser, day) : null;
  const lines = fillBasket(chooser, stock, placeOf(world, store), rng);
  if (lines.length === 0) return;
  const orderId = orderNumber(world, channel, person, day, visit.purpose === 'boost');
  const coupon = chooseCoupon(play, visit);
  const order = closeOrder({ orderId, person, channel, store, lines, coupon });
  if (store === null) orderOnline(play, visit, order);
  else orderInStore(play, visit, order);
}

function chooseCoupon(play: Play, visit: Visit): Coupon | null {
  const { world, rng } = play;
  const { person, day } = visit;
  const thrift = world.people.thrift[person]!;
  const sent = activeTouches(play.touches.get(person) ?? [], visit.atMs).find(isUsable);
  if (sent?.couponCode && rng.happens(visit.purpose === 'boost' ? 0.92 : 0.3 + 0.5 * thrift)) {
    sent.couponUsed = true;
    return { code: sent.couponCode, percent: sent.discountPercent };
  }
  const { festival, iso } = world.calendar.season(day);
  if (festival && rng.happens(0.2 + 0.5 * thrift))
    return { code: `${festival}-${iso.slice(0, 4)}`, percent: 10 };
  if (day === world.people.joinDay[person] && rng.happens(0.4)) return { code: 'WELCOME15', percent: 15 };
  return null;
}

function isUsable({ couponCode, couponUsed }: Touch): boolean {
  return couponCode !== undefined && !couponUsed;
}

function orderOnline(play: Play, visit: Visit, order: Order): void {
  const { world, rng } = play;
  const { person, day } = visit;
  const visitor = onlineVisitor(world, person, order.channel, day, rng);
  const trail = startTrail(play, visit, visitor);
  if (rng.happens(TRACKED_ORDERS)) walkToCheckout(play, trail, visitor, order, day);
  const fields = orderFields(world, order);
  const flags = world.people.flags[person]!;
  const guest = !(flags & HAS.account) || (!visitor.known && rng.happens(0.3));
  if (guest && flags & HAS.email) fields.email = typedEmail(world, person, rng);
  if (!guest && !visitor.known) signIn(play, trail, day);
  finish(play, trail, order, fields, day);
}

function walkToCheckout(play: Play, trail: Trail, visitor: Visitor, order: Order, day: number): void {
  const { rng } = play;
  landOn(play, trail, visitor, day);
  for (const line of order.lines) {
    if (rng.happens(0.75)) lookAt(play, trail, line.product);
    track(trail.pen, step(play, trail), 'Product Added', addedFields(play, line.product, line.quantity));
  }
  track(trail.pen, step(play, trail), 'Checkout Started', checkoutFields(play, order.lines));
  if (order.coupon) track(trail.pen, step(play, trail), 'Coupon Entered', { coupon_id: order.coupon.code });
}

function checkoutFields(play: Play, lines: readonly Line[]): Fields {
  const products = lines.map(({ product, quantity }) => addedFields(play, product, quantity));
  return { value: decimal(goodsCents(lines)), currency: play.world.options.currency, products };
}

function signIn(play: Play, trail: Trail, day: number): void {
  const { world } = play;
  const { person, who } = trail.pen;
  const { seed } = world.options;
  trail.pen.who = { userId: userIdOf(seed, person), anonymousId: who.anonymousId };
  write(trail.pen, step(play, trail), { type: 'identify', traits: traitsOf(world, person, day) });
}

function orderInStore(play: Play, visit: Visit, order: Order): void {
  const { world, rng } = play;
  const visitor = storeVisitor(world, visit.person, order.orderId, rng);
  const trail = startTrail(play, visit, visitor);
  if (visitor.known && rng.happens(0.08)) showOnTablet(play, trail, order, visit.day);
  finish(play, trail, order, orderFields(world, order), visit.day);
}

/** An associate signs the customer in on the shop's tablet, which everyone in the shop uses. */
function showOnTablet(play: Play, trail: Trail, order: Order, day: number): void {
  const { world } = play;
  const own = trail.pen.who;
  const { storeId } = world.stores[order.store!]!;
  trail.pen.who = { ...own, anonymousId: `tablet-${storeId}` };
  write(trail.pen, trail.atMs, { type: 'identify', traits: traitsOf(world, trail.pen.person, day) });
  lookAt(play, trail, order.lines[0]!.product);
  trail.pen.who = own;
}

function finish(play: Play, trail: Trail, order: Order, fields: Fields, day: number): void {
  const { person, who, context } = trail.pen;
  const atMs = step(play, trail);
  track(trail.pen, atMs, 'Order Completed', fields);
  const { orderId, channel, store, lines } = order;
  planAftermath(play, person, day, atMs, { orderId, channel, store, lines, who, context });
}
