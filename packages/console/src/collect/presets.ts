import { PRESET_NAMES } from '@qianmian/contract';

export type PresetName = (typeof PRESET_NAMES)[number];
/** The presets, and reading by a guess of the columns. */
export const WAYS = ['guess', ...PRESET_NAMES] as const;
export type Way = (typeof WAYS)[number];

export function wayOf(preset: string | null | undefined): Way {
  return WAYS.find((way) => way === preset) ?? 'guess';
}

/** Presets whose files are always in one currency; the server says it of an import. */
const OWN_CURRENCY: Partial<Record<Way, string>> = {
  'complete-journey': 'USD',
  'online-retail': 'GBP',
  'chinese-shop': 'CNY',
};

/** The currency that amounts will stay in, where that is known before the upload and is not the workspace's. */
export function foreignCurrency(way: Way, workspaceCurrency: string): string | null {
  const own = OWN_CURRENCY[way];
  return own === undefined || own === workspaceCurrency ? null : own;
}

/** Columns that, all together, only this export has. */
const SIGNS: [PresetName, string[]][] = [
  ['complete-journey', ['household_id', 'basket_id', 'sales_value']],
  ['complete-journey', ['product_id', 'department', 'product_category', 'product_type']],
  ['online-retail', ['InvoiceNo', 'StockCode', 'UnitPrice', 'CustomerID']],
  ['shopify-orders', ['Name', 'Financial Status', 'Lineitem name']],
  ['woocommerce-orders', ['Order Number', 'Order Status', 'Order Total Amount']],
];
const CHINESE_ORDER = /^(主订单编号|订单编号|订单号|交易单号|小票号|会员卡号|商家编码)$/;

/** The export these files seem to be; null when none of them shows it. */
export function suggestPreset(headersOfFiles: readonly (readonly string[])[]): PresetName | null {
  for (const headers of headersOfFiles) {
    const known = SIGNS.find(([, signs]) => signs.every((sign) => headers.includes(sign)));
    if (known) return known[0];
    if (headers.filter((header) => CHINESE_ORDER.test(header)).length >= 2) return 'chinese-shop';
  }
  return null;
}
