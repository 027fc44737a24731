import { columns, type Preset, texts } from './preset.ts';

/**
 * dunnhumby "The Complete Journey". `sales_value` is what the shop received, net of all discounts: the shelf price is
 * (sales_value + discounts) / quantity. Times carry no zone and are read in the workspace's.
 */
export const completeJourney: Preset = {
  title: 'dunnhumby The Complete Journey',
  titleZh: 'dunnhumby “The Complete Journey” 数据集',
  files: [
    {
      role: 'products',
      headers: ['product_id', 'department', 'product_category', 'product_type'],
      mapping: {
        kind: 'products',
        fields: columns({
          productId: 'product_id',
          // The file has no names; the type is the closest thing to one.
          productName: ['product_type', 'product_category', 'department'],
          brand: 'brand',
          category: ['department', 'product_category', 'product_type'],
        }),
        attributes: texts({ manufacturer_id: 'manufacturer_id', package_size: 'package_size' }),
        missing: ['NA'],
      },
    },
    {
      role: 'demographics',
      headers: ['household_id', 'age', 'income', 'household_size'],
      mapping: {
        kind: 'customers',
        fields: columns({ user: 'household_id' }),
        traits: texts({
          age: 'age',
          income: 'income',
          home_ownership: 'home_ownership',
          marital_status: 'marital_status',
          household_size: 'household_size',
          household_comp: 'household_comp',
          kids_count: 'kids_count',
        }),
        missing: ['NA'],
      },
    },
    {
      role: 'transactions',
      headers: ['household_id', 'basket_id', 'product_id', 'sales_value', 'transaction_timestamp'],
      mapping: {
        kind: 'orderLines',
        fields: columns({
          orderId: 'basket_id',
          time: 'transaction_timestamp',
          user: 'household_id',
          storeId: 'store_id',
          productId: 'product_id',
          quantity: 'quantity',
          net: 'sales_value',
          discount: ['retail_disc', 'coupon_disc', 'coupon_match_disc'],
        }),
        constants: { channel: 'store' },
        missing: ['NA'],
        currency: 'USD',
      },
    },
    {
      role: 'coupon_redemptions',
      headers: ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date'],
      mapping: {
        kind: 'events',
        fields: columns({ time: 'redemption_date', user: 'household_id' }),
        constants: { eventName: 'Coupon Redeemed', channel: 'store' },
        properties: texts({ coupon_upc: 'coupon_upc', campaign_id: 'campaign_id' }),
        missing: ['NA'],
      },
    },
  ],
  ignored: [
    {
      headers: ['campaign_id', 'campaign_type', 'start_date', 'end_date'],
      why: "The dates of the grocer's past campaigns: no customer, product or sale is told in them.",
    },
    {
      headers: ['coupon_upc', 'product_id', 'campaign_id'],
      why: 'Which products a past coupon was good for; redemptions already name the coupon and its campaign.',
    },
    {
      headers: ['product_id', 'store_id', 'display_location', 'mailer_location'],
      why: 'Displays and mailers of a product in a store and week: not a fact about customers or sales.',
    },
    {
      headers: ['campaign_id', 'household_id'],
      why: 'Which households past campaigns were sent to; contacts before this workspace are not kept.',
    },
  ],
};
