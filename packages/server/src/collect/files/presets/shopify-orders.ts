import { columns, type Preset, texts } from './preset.ts';

/** Orders as exported from Shopify's admin: the order's own columns stand on its first line only. */
export const shopifyOrders: Preset = {
  title: 'Shopify orders export',
  titleZh: 'Shopify 订单导出',
  files: [
    {
      role: 'orders',
      headers: ['Name', 'Financial Status', 'Lineitem quantity', 'Lineitem name', 'Lineitem price'],
      mapping: {
        kind: 'orderLines',
        fields: columns({
          orderId: 'Name',
          time: ['Paid at', 'Created at'],
          status: 'Financial Status',
          currency: 'Currency',
          channel: 'Source',
          storeId: 'Location',
          email: 'Email',
          phone: ['Phone', 'Billing Phone', 'Shipping Phone'],
          productId: 'Lineitem sku',
          productName: 'Lineitem name',
          brand: 'Vendor',
          quantity: 'Lineitem quantity',
          unitPrice: 'Lineitem price',
          discount: 'Lineitem discount',
          couponCode: 'Discount Code',
          orderDiscount: 'Discount Amount',
          orderNet: 'Subtotal',
          orderRefund: 'Refunded Amount',
          refundTime: 'Cancelled at',
        }),
        traits: texts({
          name: 'Billing Name',
          city: 'Billing City',
          province: 'Billing Province',
          country: 'Billing Country',
        }),
        duplicates: 'keep',
        orders: {
          grouping: 'order',
          channelNames: {
            web: 'web',
            pos: 'store',
            shopify_draft_order: 'draft',
            iphone: 'app',
            android: 'app',
          },
        },
      },
    },
  ],
  ignored: [],
};
