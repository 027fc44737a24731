import type { Line } from './basket.ts';
import { placeOf } from './basket.ts';
import { decimal, takePen, track } from './messages.ts';
import { productFields } from './orders.ts';
import { HAS } from './people.ts';
import type { Errand, Play, Receipt } from './play.ts';
import { composeComplaint, composeReview } from './reviews.ts';
import { type Rng, SALT } from './rng.ts';
import { putBack } from './stock.ts';
import { LEAVES } from './taxonomy.ts';

const REFUND = 0.04;
const REVIEW = 0.075;
const COMPLAINT = 0.012;
const COMPLAINT_BEFORE_LEAVING = 0.25;
const LEAVING_DAYS = 45;

type Kept<K extends Errand['kind']> = Extract<Errand, { kind: K }>;

/** Draws what follows an order: a return, a review, a complaint. */
export function planAftermath(play: Play, person: number, day: number, atMs: number, receipt: Receipt): void {
  const { world, rng, agenda } = play;
  const returned = Math.max(
    ...receipt.lines.map(({ product }) => LEAVES[world.range.leafOf[product]!]!.returnFactor),
  );
  if (rng.happens(REFUND * returned))
    agenda.add({ kind: 'refund', person, receipt, atMs: later(play, day, 2, 14) });
  if (receipt.store === null && rng.happens(REVIEW)) {
    agenda.add({ kind: 'review', person, receipt, atMs: later(play, day, 3, 16) });
  }
  const left = world.people.dropDay[person]! - day;
  const angry = world.people.flags[person]! & HAS.angry && left >= 0 && left < LEAVING_DAYS;
  if (rng.happens(angry ? COMPLAINT_BEFORE_LEAVING : COMPLAINT)) {
    agenda.add({ kind: 'complaint', person, receipt, atMs: Math.max(atMs, later(play, day, 1, 6)) });
  }
}

function later({ world, rng }: Play, day: number, least: number, most: number): number {
  const on = day + least + rng.below(most - least);
  return world.calendar.startMs(on) + Math.floor(rng.between(9, 22) * 3_600_000);
}

function aim({ world, rng }: Play, errand: Kept<'refund' | 'review' | 'complaint'>, salt: number): Rng {
  return rng.reseed(
    world.options.seed,
    errand.person,
    Math.floor(errand.atMs / 1000) | 0,
    SALT.aftermath + salt,
  );
}

function lineCents({ unitCents, quantity, discountCents }: Line): number {
  return unitCents * quantity - discountCents;
}

/** Goods come back: the likeliest line, or all of them. */
export function refundOrder(play: Play, errand: Kept<'refund'>): void {
  const { world, stock } = play;
  const { receipt, person, atMs } = errand;
  const rng = aim(play, errand, 1);
  const lines = rng.happens(0.25) ? receipt.lines : [rng.pick(receipt.lines)];
  const place = placeOf(world, receipt.store);
  for (const { product, quantity } of lines)
    putBack(stock, place * world.products.length + product, quantity);
  const pen = takePen(
    play.out,
    person,
    `${world.options.seed.toString(36)}-${receipt.orderId}-r`,
    receipt.who,
    receipt.context,
  );
  track(pen, atMs, 'Order Refunded', {
    order_id: receipt.orderId,
    refund_id: `R-${receipt.orderId}`,
    total: decimal(lines.reduce((sum, line) => sum + lineCents(line), 0)),
    currency: world.options.currency,
    channel: receipt.channel,
    ...(receipt.store === null ? {} : { store_id: world.stores[receipt.store]!.storeId }),
    products: lines.map((line) => ({
      ...productFields(world, line.product),
      price: decimal(line.unitCents),
      quantity: line.quantity,
      discount: decimal(line.discountCents),
    })),
  });
}

/** Someone says what they think of one thing they bought. */
export function writeReview(play: Play, errand: Kept<'review'>): void {
  const { world } = play;
  const { receipt, person, atMs } = errand;
  const rng = aim(play, errand, 2);
  const { product } = rng.pick(receipt.lines);
  const liking = 3.9 + 1.1 * world.range.quality[product]! + 0.9 * rng.normal();
  const rating = Math.max(1, Math.min(5, Math.round(liking)));
  const chinese = !(world.people.flags[person]! & HAS.international);
  const { nameZh, nameEn } = world.products[product]!;
  const { body, ...truth } = composeReview(rating, chinese ? nameZh : nameEn, chinese, rng);
  const fields = { ...productFields(world, product), order_id: receipt.orderId, rating, review_body: body };
  const pen = takePen(
    play.out,
    person,
    `${world.options.seed.toString(36)}-${receipt.orderId}-v`,
    receipt.who,
    receipt.context,
  );
  play.texts.push({ messageId: track(pen, atMs, 'Product Reviewed', fields), ...truth });
}

/** Someone complains about an order. */
export function openComplaint(play: Play, errand: Kept<'complaint'>): void {
  const { world } = play;
  const { receipt, person, atMs } = errand;
  const rng = aim(play, errand, 3);
  const chinese = !(world.people.flags[person]! & HAS.international);
  const { topic, body, ...truth } = composeComplaint(receipt.orderId, chinese, rng);
  const fields = {
    ticket_id: `T-${receipt.orderId}`,
    order_id: receipt.orderId,
    topic,
    body,
    channel: receipt.channel,
  };
  const pen = takePen(
    play.out,
    person,
    `${world.options.seed.toString(36)}-${receipt.orderId}-t`,
    receipt.who,
    receipt.context,
  );
  play.texts.push({ messageId: track(pen, atMs, 'Complaint Opened', fields), ...truth });
}
