import { ITEM_COLUMNS } from '../line-items.ts';
import type { Mapping } from '../mapping.ts';
import { columns, type Preset, texts } from './preset.ts';

/** The order's own columns under the names the common export plugins give them. */
const ORDER_COLUMNS = {
  orderId: ['Order Number', 'Order ID', 'order_number', 'order_id'],
  time: ['Paid Date', 'Order Date', 'paid_date', 'order_date', 'date', 'Date'],
  status: ['Order Status', 'status', 'Status'],
  currency: ['Order Currency', 'order_currency', 'currency'],
  user: ['Customer User ID', 'Customer User Id', 'customer_id', 'customer_user'],
  email: ['Email (Billing)', 'Billing Email', 'billing_email', 'customer_email'],
  phone: ['Phone (Billing)', 'Billing Phone', 'billing_phone'],
  couponCode: ['Coupon Code', 'Coupons', 'coupon_code', 'coupons'],
} as const;

const TRAITS = texts({ city: 'City (Billing)', country: 'Country Code (Billing)' });
const PACKED_TRAITS = texts({ city: 'billing_city', country: 'billing_country' });

/** One file of packed orders: items in a column each, or all in one cell. */
function packed(role: string, column: string, itemColumn: string) {
  const fields = columns({
    ...ORDER_COLUMNS,
    ...ITEM_COLUMNS,
    lineItems: itemColumn,
    orderRefund: ['order_refund', 'refunded_total'],
  });
  const mapping: Mapping = {
    kind: 'orderLines',
    fields,
    constants: { channel: 'web' },
    traits: PACKED_TRAITS,
    duplicates: 'reject',
    orders: { grouping: 'order' },
  };
  return { role, headers: [column], mapping };
}

/** Orders as the common WooCommerce export plugins write them: one row an order, or one row a line. */
export const woocommerceOrders: Preset = {
  title: 'WooCommerce orders export',
  titleZh: 'WooCommerce 订单导出',
  files: [
    packed('orders', 'line_item_1', 'line_item_*'),
    packed('orders', 'line_items', 'line_items'),
    {
      role: 'order lines',
      headers: ['Order Number', 'Quantity'],
      mapping: lineMapping(),
    },
    { role: 'order lines', headers: ['Order Number', 'Quantity (- Refund)'], mapping: lineMapping() },
    { role: 'order lines', headers: ['Order ID', 'Quantity'], mapping: lineMapping() },
  ],
  ignored: [],
};

function lineMapping(): Mapping {
  return {
    kind: 'orderLines',
    fields: columns({
      ...ORDER_COLUMNS,
      lineId: ['Item ID', 'Order Item ID'],
      productId: ['SKU', 'Product SKU', 'Product Id', 'Product ID'],
      productName: ['Item Name', 'Product Name', 'Item Name(Localized)'],
      quantity: ['Quantity (- Refund)', 'Quantity'],
      unitPrice: ['Item Cost', 'Item Price'],
      net: ['Order Line Total', 'Item Total', 'Line Total'],
      discount: 'Item Discount Amount',
      orderRefund: ['Order Refund Amount', 'Refund Amount'],
    }),
    constants: { channel: 'web' },
    traits: TRAITS,
    duplicates: 'keep',
    orders: { grouping: 'order' },
  };
}
