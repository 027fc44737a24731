import type { HookMessage, HookRule, HookValue } from '@qianmian/contract';
import { first, fullName, type HookPreset, is, joined } from './preset.ts';

/**
 * WooCommerce's webhooks (https://developer.woocommerce.com/docs/apis/rest-api/v3/webhooks/): order.*, customer.*,
 * product.*. Bodies are those of its REST API; times that end in _gmt are UTC without saying so.
 */

const topic = (...topics: string[]) => ({ at: 'header.x-wc-webhook-topic', is: topics });
const status = (...names: string[]) => ({ at: 'body.status', is: names });
const gmt = (path: string): HookValue => ({ path, as: 'date', zone: 'UTC' });

/** Who has no account, whose id is 0. */
const guest = { email: 'body.billing.email', phone: 'body.billing.phone' };

const order: Record<string, HookValue> = {
  order_id: 'body.id',
  order_name: 'body.number',
  // Calls come in any sequence and again: the newest state of an order stands.
  updated_at: gmt('body.date_modified_gmt'),
  currency: 'body.currency',
  total: 'body.total',
  tax: 'body.total_tax',
  coupon: 'body.coupon_lines[0].code',
  status: 'body.status',
  products: {
    each: 'body.line_items',
    of: {
      fields: {
        product_id: first('item.sku', 'item.product_id'),
        sku: 'item.sku',
        name: 'item.name',
        quantity: 'item.quantity',
        // "price" is what is left after coupons; "subtotal" is the line before them.
        price: first('item.price', 'item.subtotal'),
      },
    },
  },
};

/** The same rule for who has an account and for who has none. */
function ofAnyone(rule: Omit<HookRule, 'messages'>, message: HookMessage): HookRule[] {
  return [
    {
      ...rule,
      when: [...rule.when, { at: 'body.customer_id', isNot: [0], isThere: true }],
      messages: [{ ...message, identifiers: { user: 'body.customer_id', ...guest } }],
    },
    {
      ...rule,
      when: [...rule.when, { at: 'body.customer_id', is: [0] }],
      messages: [{ ...message, identifiers: guest }],
    },
  ];
}

const PAID = ['processing', 'completed', 'on-hold'];

export const woocommerce: HookPreset = {
  version: 2,
  check: { kind: 'woocommerce' },
  mapping: {
    topic: 'header.x-wc-webhook-topic',
    rules: [
      ...ofAnyone(
        { when: [topic('order.created'), status(...PAID)] },
        {
          type: 'track',
          event: is('Order Completed'),
          messageId: joined(is('order'), 'body.id', is('completed')),
          timestamp: gmt('body.date_created_gmt'),
          traits: {
            name: fullName('body.billing'),
            city: 'body.billing.city',
            country: 'body.billing.country',
          },
          properties: order,
          channel: is('web'),
        },
      ),
      ...ofAnyone(
        { when: [topic('order.updated', 'order.restored'), status(...PAID)] },
        {
          type: 'track',
          event: is('Order Updated'),
          messageId: joined(is('order'), 'body.id', 'body.status', 'body.date_modified_gmt'),
          timestamp: gmt('body.date_modified_gmt'),
          properties: order,
          channel: is('web'),
        },
      ),
      {
        when: [topic('order.updated', 'order.created'), { at: 'body.refunds[0]', isThere: true }],
        each: 'body.refunds',
        messages: [
          {
            type: 'track',
            event: is('Order Refunded'),
            messageId: joined(is('refund'), 'body.id', 'item.id'),
            timestamp: gmt('body.date_modified_gmt'),
            properties: {
              order_id: 'body.id',
              refund_id: 'item.id',
              currency: 'body.currency',
              reason: 'item.reason',
              total: 'item.total',
            },
          },
        ],
      },
      {
        when: [topic('order.updated'), status('cancelled', 'failed')],
        messages: [
          {
            type: 'track',
            event: is('Order Cancelled'),
            messageId: joined(is('order'), 'body.id', 'body.status'),
            timestamp: gmt('body.date_modified_gmt'),
            properties: { order_id: 'body.id', currency: 'body.currency', status: 'body.status' },
          },
        ],
      },
      {
        when: [topic('order.deleted')],
        messages: [
          {
            type: 'track',
            event: is('Order Cancelled'),
            messageId: joined(is('order'), 'body.id', is('deleted')),
            properties: { order_id: 'body.id', status: is('deleted') },
          },
        ],
      },
      {
        when: [topic('customer.created', 'customer.updated')],
        messages: [
          {
            type: 'identify',
            messageId: joined(
              is('customer'),
              'body.id',
              first('body.date_modified_gmt', 'body.date_created_gmt'),
            ),
            timestamp: gmt('body.date_modified_gmt'),
            identifiers: {
              user: 'body.id',
              email: first('body.email', 'body.billing.email'),
              phone: 'body.billing.phone',
            },
            traits: {
              name: fullName('body'),
              email: 'body.email',
              phone: 'body.billing.phone',
              city: 'body.billing.city',
              country: 'body.billing.country',
            },
          },
        ],
      },
      {
        when: [topic('product.created', 'product.updated', 'product.restored')],
        messages: [
          {
            type: 'track',
            event: is('Product Updated'),
            messageId: joined(is('product'), 'body.id', 'body.date_modified_gmt'),
            timestamp: gmt('body.date_modified_gmt'),
            properties: {
              product_id: first('body.sku', 'body.id'),
              name: 'body.name',
              category: 'body.categories[0].name',
              price: 'body.price',
              image_url: 'body.images[0].src',
            },
          },
        ],
      },
    ],
  },
  // https://developer.woocommerce.com/docs/apis/rest-api/v3/orders/
  sample: {
    headers: { 'x-wc-webhook-topic': 'order.created', 'x-wc-webhook-source': 'https://tea.example/' },
    body: {
      id: 727,
      number: '727',
      status: 'processing',
      currency: 'USD',
      date_created_gmt: '2026-05-22T19:28:02',
      date_modified_gmt: '2026-05-22T19:28:08',
      discount_total: '0.00',
      total: '29.35',
      total_tax: '1.35',
      customer_id: 0,
      billing: {
        first_name: 'John',
        last_name: 'Doe',
        city: 'San Francisco',
        country: 'US',
        email: 'john.doe@example.com',
        phone: '(555) 555-5555',
      },
      line_items: [
        {
          id: 315,
          name: 'Woo Single #1',
          product_id: 93,
          variation_id: 0,
          quantity: 2,
          subtotal: '6.00',
          total: '6.00',
          sku: '',
          price: 3,
        },
        {
          id: 316,
          name: 'Ship Your Idea',
          product_id: 22,
          variation_id: 23,
          quantity: 1,
          subtotal: '12.00',
          total: '12.00',
          sku: 'Bar3',
          price: 12,
        },
      ],
      coupon_lines: [],
      refunds: [],
    },
  },
};
