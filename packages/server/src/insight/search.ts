import { customerQuery, type Permission, type searchHit } from '@qianmian/contract';
import type { z } from 'zod';
import type { Catalog } from '../catalog/index.ts';
import type { Profile } from '../profile/index.ts';
import type { SegmentService } from '../segment/index.ts';

type Hit = z.infer<typeof searchHit>;
/** A hit as its kind finds it: most have one title for all readers. */
type Found = Omit<Hit, 'titleZh' | 'knownBy'> & Partial<Pick<Hit, 'titleZh' | 'knownBy'>>;

/** Hits of each kind at most. */
const EACH = 6;

/** Finds customers, segments, campaigns and products by what they are called; each kind only for who may read it. */
export function openSearch(parts: {
  profile: Pick<Profile, 'listCustomers'>;
  segment: Pick<SegmentService, 'list'>;
  catalog: Pick<Catalog, 'products'>;
  campaigns: (workspace: string) => Promise<readonly { id: string; name: string; state: string }[]>;
}) {
  const kinds: { needs: Permission; find(ws: string, q: string, reveal: boolean): Promise<Found[]> }[] = [
    {
      needs: 'customer.read',
      async find(workspace, q, reveal) {
        const query = customerQuery.parse({ search: q, limit: EACH });
        const { rows } = await parts.profile.listCustomers(workspace, query, reveal);
        return rows.map((r) => ({
          kind: 'customer',
          id: String(r.personId),
          title: r.name || (r.knownBy?.value ?? ''),
          knownBy: r.knownBy,
          detail: [r.email, r.phone, r.city].filter((t) => t !== '').join(' · '),
        }));
      },
    },
    {
      needs: 'segment.read',
      find: async (workspace, q) =>
        named(await parts.segment.list(workspace), q).map((s) => ({
          kind: 'segment',
          id: s.id,
          title: s.name,
          detail: s.description,
        })),
    },
    {
      needs: 'campaign.read',
      find: async (workspace, q) =>
        named(await parts.campaigns(workspace), q).map((c) => ({
          kind: 'campaign',
          id: c.id,
          title: c.name,
          detail: c.state,
        })),
    },
    {
      needs: 'catalog.read',
      async find(workspace, q) {
        const { rows } = await parts.catalog.products(workspace, {
          search: q,
          category: '',
          limit: EACH,
          offset: 0,
        });
        return rows.slice(0, EACH).map((p) => ({
          kind: 'product',
          id: p.productId,
          title: p.name || p.nameZh || p.productId,
          titleZh: p.nameZh,
          detail: [p.productId, p.brand].filter((t) => t !== '').join(' · '),
        }));
      },
    },
  ];

  return async (workspace: string, q: string, may: (p: Permission) => boolean): Promise<Hit[]> => {
    const reveal = may('customer.reveal');
    const found = await Promise.all(
      kinds.filter((k) => may(k.needs)).map((k) => k.find(workspace, q, reveal)),
    );
    return found.flat().map((hit) => ({ titleZh: '', knownBy: null, ...hit }));
  };
}
export type Search = ReturnType<typeof openSearch>;

function named<T extends { name: string }>(all: readonly T[], q: string): T[] {
  const text = q.toLowerCase();
  return all.filter((x) => x.name.toLowerCase().includes(text)).slice(0, EACH);
}
