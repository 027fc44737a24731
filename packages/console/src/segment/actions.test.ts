import type { Segment } from '@qianmian/contract';
import { expect, it, vi } from 'vitest';
import { pageAddress } from '../shell/address.ts';
import { domains } from '../shell/domains.ts';
import { campaignFor } from './actions.ts';

it('leads from a segment to the beginning of a campaign for it', () => {
  const go = vi.fn();
  campaignFor.run({ go } as never, { id: 's-1' } as Segment);
  const [path, search] = go.mock.calls[0] as Parameters<typeof go>;
  expect(domains.flatMap((domain) => domain.pages).map((page) => page.path)).toContain(path);
  expect(pageAddress('demo', path, search)).toBe('/w/demo/campaigns/new?segment=s-1');
});
