import type { StockLevel } from '@qianmian/contract';

/** What all stores have of a product together, as words of a sentence. */
export function stockWords(levels: readonly StockLevel[], written: (count: number) => string) {
  const sum = (of: (level: StockLevel) => number) => written(levels.reduce((all, one) => all + of(one), 0));
  return {
    stores: written(levels.length),
    onHand: sum((one) => one.onHand),
    reserved: sum((one) => one.reserved),
    onOrder: sum((one) => one.onOrder),
  };
}
