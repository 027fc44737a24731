import { z } from 'zod';

/**
 * Events that have a meaning here. Segment's e-commerce events (https://segment.com/docs/connections/spec/ecommerce/v2/)
 * are taken as they come; what that spec lacks for shops with doors is said below, in the same manner, and checked: an
 * event that has a fault is kept in quarantine with the field named. Amounts are decimal, in `currency`: the
 * workspace's, or the message is kept in quarantine.
 */

/** Events of Segment's e-commerce spec, version 2. */
export const ECOMMERCE_EVENTS = [
  'Products Searched',
  'Product List Viewed',
  'Product List Filtered',
  'Promotion Viewed',
  'Promotion Clicked',
  'Product Clicked',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Cart Viewed',
  'Checkout Started',
  'Checkout Step Viewed',
  'Checkout Step Completed',
  'Payment Info Entered',
  'Order Completed',
  'Order Updated',
  'Order Refunded',
  'Order Cancelled',
  'Coupon Entered',
  'Coupon Applied',
  'Coupon Denied',
  'Coupon Removed',
  'Product Added to Wishlist',
  'Product Removed from Wishlist',
  'Wishlist Product Added to Cart',
  'Product Shared',
  'Cart Shared',
  'Product Reviewed',
] as const;

const sayable = (value: unknown) => (typeof value === 'number' ? String(value) : value);
/** An id as senders have it: a text, or a number that is written out. */
const id = (what: string) =>
  z.preprocess(
    sayable,
    z
      .string(`must be ${what}, as a text or number`)
      .trim()
      .min(1, `must be ${what}; it is empty`)
      .max(200, 'must be at most 200 characters long'),
  );
/** A number, or a text that reads as one. */
const number = (what: string) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number(`must be ${what}`).min(-1e12, `must be ${what}`).max(1e12, `must be ${what}`),
  );
const count = (what: string) => number(what).pipe(z.number().min(0, `must be ${what}, not below 0`));
const time = (what: string) =>
  z.iso.datetime({ offset: true, error: `must be ${what}, as ISO 8601 with zone` });

const storeId = id('the id of the store');
const productId = id('the id of the product');
const associateId = id('the id of the associate').optional().describe('Who of the staff was there');
const tillId = id('the id of the till').optional();
const currency = z
  .string('must be an ISO 4217 code')
  .regex(/^[A-Za-z]{3}$/, 'must be an ISO 4217 code')
  .optional()
  .describe("The workspace's, if not given");
const memberCard = id('the number of the card').optional();
const inStore = { store_id: storeId, store_name: z.string().max(200).optional(), associate_id: associateId };

/** Properties of the events that Segment's spec lacks, by the event's name. Further properties are kept as they are. */
export const STORE_EVENTS = {
  'Store Visited': z.looseObject({ ...inStore, minutes: count('the minutes spent there').optional() }),
  'Associate Assisted': z.looseObject({
    ...inStore,
    associate_id: id('the id of the associate'),
    product_id: productId.optional(),
    minutes: count('the minutes it took').optional(),
  }),
  'Till Opened': z.looseObject({
    ...inStore,
    till_id: id('the id of the till'),
    cash: number('the cash in the till').optional(),
    currency,
  }),
  'Till Closed': z.looseObject({
    ...inStore,
    till_id: id('the id of the till'),
    cash: number('the cash counted').optional(),
    difference: number('how much the cash is off').optional(),
    receipts: count('the number of receipts').optional(),
    currency,
  }),
  'Return Line Recorded': z.looseObject({
    ...inStore,
    till_id: tillId,
    order_id: id('the id of the order it was bought with'),
    return_id: id('the id of the return'),
    product_id: productId,
    quantity: count('how many come back'),
    amount: count('what is paid back'),
    currency,
    reason: z.string().max(500).optional(),
  }),
  'Stock Level Reported': z.looseObject({
    ...inStore,
    product_id: productId,
    on_hand: number('how many there are').describe('Below 0 where more was sold than was known to be there'),
    reserved: count('how many are promised to orders').optional(),
    on_order: count('how many are ordered').optional(),
  }),
  'Footfall Counted': z.looseObject({
    ...inStore,
    door: z.string().max(200).optional(),
    entered: count('how many came in'),
    left: count('how many went out').optional(),
    from: time('when counting began').optional(),
    to: time('when counting ended').optional(),
  }),
  'Shelf Label Updated': z.looseObject({
    ...inStore,
    product_id: productId,
    label_id: id('the id of the label').optional(),
    price: count('the price shown'),
    currency,
  }),
  'Self Checkout Used': z.looseObject({
    ...inStore,
    till_id: id('the id of the till'),
    outcome: z
      .enum(['completed', 'assisted', 'abandoned', 'checked'], {
        error: 'must be completed, assisted, abandoned or checked',
      })
      .optional(),
    order_id: id('the id of the order').optional(),
    items: count('how many things were scanned').optional(),
    seconds: count('the seconds it took').optional(),
  }),
  'Member Card Scanned': z.looseObject({
    ...inStore,
    till_id: tillId,
    member_card: memberCard.describe('Or as an external id of type member_card'),
  }),
} as const;
export type StoreEventName = keyof typeof STORE_EVENTS;
export type StoreEvent<N extends StoreEventName> = z.output<(typeof STORE_EVENTS)[N]>;

/** Events that speak of a store and not of a person, so that they need no identifier. */
export const OF_A_STORE: readonly StoreEventName[] = [
  'Till Opened',
  'Till Closed',
  'Return Line Recorded',
  'Stock Level Reported',
  'Footfall Counted',
  'Shelf Label Updated',
  'Self Checkout Used',
  'Associate Assisted',
  'Store Visited',
];
