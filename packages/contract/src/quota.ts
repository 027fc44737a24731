import { z } from 'zod';
import { endpoint, inWorkspace, isoDay, isoTime } from './endpoint.ts';

const most = (top: number) => z.number().int().min(1).max(top).nullable();

/** What a workspace may send; null where there is no bound. */
export const quota = z.strictObject({
  eventsPerSecond: most(1_000_000),
  /** Events that may come at once before the rate holds; ten seconds' worth where it is null. */
  burst: most(10_000_000),
  eventsPerDay: most(1e12),
  eventsPerMonth: most(1e13),
  /** Bytes of files that may be uploaded for imports in a day. */
  uploadBytesPerDay: most(1e15),
});
export type Quota = z.infer<typeof quota>;

/** What was taken in and what was turned away. */
export const quotaUse = z.object({
  day: isoDay,
  events: z.number(),
  uploadBytes: z.number(),
  refusedRequests: z.number(),
  refusedEvents: z.number(),
});

export const quotaState = z.object({
  quota,
  setBy: z.string().nullable(),
  setAt: isoTime.nullable(),
  /** Whether who asks may change it: who runs the server may. */
  mayChange: z.boolean(),
  eventsThisMonth: z.number(),
  /** Today first. */
  days: z.array(quotaUse),
});
export type QuotaState = z.infer<typeof quotaState>;

export const quotaEndpoints = {
  getQuota: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/quota',
    summary: 'What a workspace may send, what it sent and what was turned away',
    domain: 'collect',
    access: 'data.read',
    params: inWorkspace,
    response: quotaState,
  }),
  setQuota: endpoint({
    method: 'PUT',
    path: '/v1/workspaces/:workspace/quota',
    summary: 'Bound what a workspace may send; for who runs the server',
    domain: 'collect',
    access: 'settings.write',
    params: inWorkspace,
    body: quota,
    response: quotaState,
  }),
};
