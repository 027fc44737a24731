import { expect, it } from 'vitest';
import { outsideId } from './message-id.ts';

it.each(['campaign:c1:7:open', 'coupon-redeemed:c1:A', 'coupon-released:c1:A:1'])(
  'nobody outside says anything under %s',
  (id) => {
    expect(outsideId(id)).not.toBe(id);
    expect(outsideId(`x${id}`)).toBe(`x${id}`);
  },
);
