import { type CustomerRow, customerQuery, type Permission, type searchHit } from '@qianmian/contract';
import type { z } from 'zod';
import type { Catalog } from '../catalog/index.ts';
import type { Guesses } from '../governance/index.ts';
import { TryLater } from '../platform/errors.ts';
import type { Principal } from '../platform/http.ts';
import type { Profile } from '../profile/index.ts';
import type { SegmentService } from '../segment/index.ts';

type Hit = z.infer<typeof searchHit>;
/** A hit as its kind finds it: most have one title for all readers. */
type Found = Omit<Hit, 'titleZh' | 'knownBy'> & Partial<Pick<Hit, 'titleZh' | 'knownBy'>>;

interface Asker {
  reveal: boolean;
  who: Principal;
}

/** Hits of each kind at most. */
const EACH = 6;

/** Finds customers, segments, campaigns and products by what they are called; each kind only for who may read it. */
export function openSearch(parts: {
  profile: Pick<Profile, 'listCustomers'>;
  guesses: Guesses;
  segment: Pick<SegmentService, 'list'>;
  catalog: Pick<Catalog, 'products'>;
  campaigns: (workspace: string) => Promise<readonly { id: string; name: string; state: string }[]>;
}) {
  const kinds: { needs: Permission; find(ws: string, q: string, asker: Asker): Promise<Found[]> }[] = [
    {
      needs: 'customer.read',
      async find(workspace, q, { reveal, who }) {
        const query = customerQuery.parse({ search: q, limit: EACH });
        const list = () => parts.profile.listCustomers(workspace, query, reveal);
        const { rows } = reveal
          ? await list()
          : await parts.guesses({ workspace, who }, list, ({ total }) => total > 0).catch(noneWhileRefused);
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

  return async (
    workspace: string,
    q: string,
    { may, who }: { may: (p: Permission) => boolean; who: Principal },
  ): Promise<Hit[]> => {
    const asker = { reveal: may('customer.reveal'), who };
    const found = await Promise.all(
      kinds.filter((k) => may(k.needs)).map((k) => k.find(workspace, q, asker)),
    );
    return found.flat().map((hit) => ({ titleZh: '', knownBy: null, ...hit }));
  };
}
export type Search = ReturnType<typeof openSearch>;

/** Who typed too many names that are nobody's still finds what else there is; the list of customers says why. */
function noneWhileRefused(error: unknown): { rows: CustomerRow[] } {
  if (error instanceof TryLater) return { rows: [] };
  throw error;
}

function named<T extends { name: string }>(all: readonly T[], q: string): T[] {
  const text = q.toLowerCase();
  return all.filter((x) => x.name.toLowerCase().includes(text)).slice(0, EACH);
}
