import { SeenTable } from './seen-table.ts';

/** The id of a line of an order, from the file's own id (empty: none) and the product's. */
export type NameLine = (
  orderId: string,
  own: string,
  productId: string,
) => { lineId: string; isRepeated: boolean };

/**
 * Line ids are the file's own, or the product's id with a count behind the second and later lines of the same
 * product in the order. They do not depend on where in the file the order stands, so that importing it again, or a
 * corrected version of it, replaces lines instead of adding them.
 */
export function lineNamer(): NameLine {
  const seen = new SeenTable();
  return (orderId, own, productId) => {
    const times = seen.count(`${orderId}\u0001${own === '' ? productId : own}`);
    if (own !== '') return { lineId: own, isRepeated: times > 1 };
    return { lineId: times === 1 ? productId : `${productId}#${times}`, isRepeated: false };
  };
}
