import type { HookRule, HookValue } from '@qianmian/contract';
import { first, fullName, type HookPreset, is, joined } from './preset.ts';

/**
 * Shopify's webhooks (https://shopify.dev/docs/api/webhooks): orders/create, orders/updated, orders/cancelled,
 * refunds/create, customers/create, customers/update, products/update. As in the import of its orders, a product goes by
 * the SKU, and an order counts once it is paid.
 */

const topic = (...topics: string[]) => ({ at: 'header.x-shopify-topic', is: topics });
const paid = {
  at: 'body.financial_status',
  isNot: ['pending', 'authorized', 'voided', 'expired'],
};

const person = {
  user: 'body.customer.id',
  email: first('body.email', 'body.customer.email'),
  phone: first(
    'body.phone',
    'body.customer.phone',
    'body.billing_address.phone',
    'body.shipping_address.phone',
  ),
};

const productId = (line: string): HookValue =>
  first(`${line}.sku`, `${line}.variant_id`, `${line}.product_id`);

/** An amount in the shop's own currency, whatever the customer was shown and paid in. */
const inShopMoney = (set: string, plain: string): HookValue => first(`${set}.shop_money.amount`, plain);
const shopCurrency = (set: string, plain: string): HookValue =>
  first(`${set}.shop_money.currency_code`, plain);

const order: Record<string, HookValue> = {
  order_id: 'body.id',
  order_name: 'body.name',
  // Calls come in any sequence and again: the newest state of an order stands.
  updated_at: { path: 'body.updated_at', as: 'date' },
  currency: shopCurrency('body.total_price_set', 'body.currency'),
  total: inShopMoney('body.total_price_set', 'body.total_price'),
  discount: inShopMoney('body.total_discounts_set', 'body.total_discounts'),
  tax: inShopMoney('body.total_tax_set', 'body.total_tax'),
  coupon: 'body.discount_codes[0].code',
  financial_status: 'body.financial_status',
  store_id: 'body.location_id',
  products: {
    each: 'body.line_items',
    of: {
      fields: {
        product_id: productId('item'),
        sku: 'item.sku',
        name: first('item.title', 'item.name'),
        variant: 'item.variant_title',
        brand: 'item.vendor',
        price: inShopMoney('item.price_set', 'item.price'),
        quantity: 'item.quantity',
      },
    },
  },
};

const channel: HookValue = {
  path: 'body.source_name',
  table: { web: 'web', pos: 'store', shopify_draft_order: 'draft', iphone: 'app', android: 'app' },
  default: { const: 'web' },
};

const traits: Record<string, HookValue> = {
  name: fullName('body.customer'),
  city: 'body.billing_address.city',
  province: 'body.billing_address.province',
  country: 'body.billing_address.country_code',
};

const orders: HookRule[] = [
  {
    when: [topic('orders/create', 'orders/paid'), paid],
    messages: [
      {
        type: 'track',
        event: is('Order Completed'),
        messageId: joined(is('order'), 'body.id', is('completed')),
        timestamp: { path: 'body.created_at', as: 'date' },
        identifiers: person,
        traits,
        properties: order,
        channel,
      },
    ],
  },
  {
    when: [topic('orders/updated'), paid, { at: 'body.cancelled_at', isThere: false }],
    messages: [
      {
        type: 'track',
        event: is('Order Updated'),
        messageId: joined(is('order'), 'body.id', 'body.updated_at'),
        timestamp: { path: 'body.updated_at', as: 'date' },
        identifiers: person,
        properties: order,
        channel,
      },
    ],
  },
  {
    when: [topic('orders/cancelled')],
    messages: [
      {
        type: 'track',
        event: is('Order Cancelled'),
        messageId: joined(is('order'), 'body.id', is('cancelled')),
        timestamp: { path: 'body.cancelled_at', as: 'date' },
        identifiers: person,
        properties: {
          order_id: 'body.id',
          order_name: 'body.name',
          currency: 'body.currency',
          reason: 'body.cancel_reason',
        },
        channel,
      },
    ],
  },
];

const soldFor = inShopMoney('item.line_item.price_set', 'item.line_item.price');

/** What of a line is paid back: its price less what it did not cost. */
const refundedLine: HookValue = {
  fields: {
    product_id: productId('item.line_item'),
    name: first('item.line_item.title', 'item.line_item.name'),
    price: soldFor,
    quantity: 'item.quantity',
    discount: {
      minus: [{ times: [soldFor, 'item.quantity'] }, inShopMoney('item.subtotal_set', 'item.subtotal')],
    },
  },
};

const refund = {
  type: 'track',
  event: is('Order Refunded'),
  messageId: joined(is('refund'), 'body.id'),
  timestamp: { path: 'body.created_at', as: 'date' },
} as const;

const refundRules: HookRule[] = [
  {
    when: [topic('refunds/create'), { at: 'body.refund_line_items[0]', isThere: true }],
    messages: [
      {
        ...refund,
        properties: {
          order_id: 'body.order_id',
          refund_id: 'body.id',
          // A payment is in what the customer paid in; the lines are in the shop's currency.
          currency: shopCurrency('body.refund_line_items[0].subtotal_set', 'body.transactions[0].currency'),
          reason: 'body.note',
          products: { each: 'body.refund_line_items', of: refundedLine },
        },
      },
    ],
  },
  {
    when: [
      topic('refunds/create'),
      { at: 'body.refund_line_items[0]', isThere: false },
      { at: 'body.transactions[0]', isThere: true },
    ],
    messages: [
      {
        ...refund,
        properties: {
          order_id: 'body.order_id',
          refund_id: 'body.id',
          currency: shopCurrency('body.order_adjustments[0].amount_set', 'body.transactions[0].currency'),
          reason: 'body.note',
          total: first(
            {
              plus: [
                { each: 'body.order_adjustments', of: 'item.amount_set.shop_money.amount' },
                { each: 'body.order_adjustments', of: 'item.tax_amount_set.shop_money.amount' },
              ],
            },
            { plus: [{ each: 'body.transactions', of: 'item.amount' }] },
          ),
        },
      },
    ],
  },
];

export const shopify: HookPreset = {
  version: 3,
  check: { kind: 'shopify' },
  mapping: {
    topic: 'header.x-shopify-topic',
    rules: [
      ...orders,
      ...refundRules,
      {
        when: [topic('customers/create', 'customers/update')],
        messages: [
          {
            type: 'identify',
            messageId: joined(is('customer'), 'body.id', 'body.updated_at'),
            timestamp: { path: 'body.updated_at', as: 'date' },
            identifiers: {
              user: 'body.id',
              email: 'body.email',
              phone: first('body.phone', 'body.default_address.phone'),
            },
            traits: {
              name: fullName('body'),
              email: 'body.email',
              phone: first('body.phone', 'body.default_address.phone'),
              city: 'body.default_address.city',
              country: 'body.default_address.country_code',
              tags: 'body.tags',
            },
          },
        ],
      },
      {
        when: [topic('products/update', 'products/create')],
        messages: [
          {
            type: 'track',
            event: is('Product Updated'),
            messageId: joined(is('product'), 'body.id', 'body.updated_at'),
            timestamp: { path: 'body.updated_at', as: 'date' },
            properties: {
              name: 'body.title',
              brand: 'body.vendor',
              category: 'body.product_type',
              image_url: first('body.image.src', 'body.images[0].src'),
              products: {
                each: 'body.variants',
                of: {
                  fields: {
                    product_id: first('item.sku', 'item.id'),
                    price: 'item.price',
                    variant: 'item.title',
                  },
                },
              },
            },
          },
        ],
      },
    ],
  },
  // https://shopify.dev/docs/api/admin-rest/latest/resources/order
  sample: {
    headers: { 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': 'tea.myshopify.com' },
    body: {
      id: 5940139491234,
      name: '#1001',
      email: 'jon@example.com',
      created_at: '2026-05-30T10:30:00-05:00',
      updated_at: '2026-05-30T10:30:00-05:00',
      currency: 'USD',
      financial_status: 'paid',
      cancelled_at: null,
      source_name: 'web',
      total_price: '393.00',
      total_discounts: '5.00',
      total_tax: '0.00',
      discount_codes: [{ code: 'SPRING', amount: '5.00', type: 'fixed_amount' }],
      customer: {
        id: 115310627314723,
        email: 'jon@example.com',
        first_name: 'Jon',
        last_name: 'Doe',
        phone: null,
      },
      billing_address: { city: 'Ottawa', province: 'Ontario', country_code: 'CA', phone: '613-555-0142' },
      line_items: [
        {
          id: 8665503117664,
          product_id: 788032119674,
          variant_id: 4964,
          sku: 'IPOD2008PINK',
          title: 'IPod Nano - 8GB',
          vendor: 'Apple',
          price: '199.00',
          quantity: 1,
        },
        {
          id: 1415129410044,
          product_id: 788032119675,
          variant_id: 4965,
          sku: 'IPOD2008RED',
          title: 'IPod Nano - 8GB',
          vendor: 'Apple',
          price: '99.50',
          quantity: 2,
        },
      ],
    },
  },
};
