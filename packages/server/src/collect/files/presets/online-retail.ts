import { columns, type Preset, texts } from './preset.ts';

/**
 * UCI Online Retail (#352), a UK gift wholesaler, as published. Decisions, each visible as a note on its rows:
 * - exact duplicates are rejected (`duplicate_row`): the till writes a second piece as quantity 2, not as a second row;
 * - rows with price <= 0 are stock corrections ("damaged", "lost", "?"), not sales (`price_not_positive`);
 * - invoices that start with C are cancellations: returns, dated when they were made, as orders of their own because
 *   the file does not say what they cancel;
 * - rows without CustomerID are real sales of people not known (`no_customer`);
 * - postage, fees, manual entries, vouchers and the like stay as lines of a product that is no merchandise
 *   (`not_merchandise`), so that totals agree with the file to the penny and anyone may filter them out;
 * - the same code in two cases is one product (`code_standardised`), named as most of its lines name it.
 */
export const onlineRetail: Preset = {
  title: 'UCI Online Retail',
  titleZh: 'UCI Online Retail 数据集',
  files: [
    {
      role: 'transactions',
      headers: [
        'InvoiceNo',
        'StockCode',
        'Description',
        'Quantity',
        'InvoiceDate',
        'UnitPrice',
        'CustomerID',
        'Country',
      ],
      mapping: {
        kind: 'orderLines',
        fields: columns({
          orderId: 'InvoiceNo',
          time: 'InvoiceDate',
          user: 'CustomerID',
          productId: 'StockCode',
          productName: 'Description',
          quantity: 'Quantity',
          unitPrice: 'UnitPrice',
        }),
        constants: { channel: 'web' },
        traits: texts({ country: 'Country' }),
        dates: { order: 'MDY', why: 'The data set is published with month/day/year dates.' },
        currency: 'GBP',
        timeZone: 'Europe/London',
        duplicates: 'reject',
        orders: {
          priceNotPositive: 'reject',
          codeCase: 'upper',
          returnPrefix: 'C',
          services: {
            POST: 'postage',
            DOT: 'postage',
            C2: 'carriage',
            M: 'manual entry',
            D: 'discount',
            S: 'samples',
            B: 'bad debt',
            CRUK: 'charity commission',
            AMAZONFEE: 'marketplace fee',
            'BANK CHARGES': 'bank charges',
            PADS: 'free extra',
            'GIFT_0001_*': 'gift voucher',
          },
        },
      },
    },
  ],
  ignored: [],
};
