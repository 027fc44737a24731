import type { oneTimeLink } from '@qianmian/contract';
import type { z } from 'zod';

export type Link = z.infer<typeof oneTimeLink>;

/** The token stands behind the #, which browsers send to no server: it is in no log on the way. */
export function linkOf(token: string, expiresAt: Date): Link {
  return { path: `/sign-in#link=${token}`, expiresAt: expiresAt.toISOString() };
}
