import type { OrderLineFact } from '../facts.ts';
import { negative } from './money.ts';

/**
 * The return that a refund of a line makes. A refund of all of it takes the goods back; of a part of the money the
 * file does not say which goods came back, so the quantity is 0.
 */
export function refundLine(
  line: OrderLineFact,
  refundCents: number,
  time: number | undefined,
): OrderLineFact {
  const full = refundCents >= line.netCents;
  const { whole: _, ...sold } = line;
  return {
    ...sold,
    lineId: `return:${line.lineId}`,
    lineKind: 'return',
    time: time ?? line.time,
    quantity: full ? negative(line.quantity) : 0,
    discountCents: full ? negative(line.discountCents) : 0,
    netCents: negative(refundCents),
  };
}
