import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId } from './endpoint.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;

/** A piece of long work: what it is, how far it got, what went wrong. */
export const job = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(JOB_STATES),
  subject: z.string(),
  progress: z.number().min(0).max(1).nullable(),
  note: z.string(),
  attempts: z.number(),
  maxAttempts: z.number(),
  error: z.string().nullable(),
  runAt: isoTime,
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
});
export type Job = z.infer<typeof job>;

export const jobEndpoints = {
  listJobs: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/jobs',
    summary: 'Long work, newest first',
    domain: 'platform',
    access: 'job.read',
    params: inWorkspace,
    query: pageQuery.extend({
      state: z.enum(JOB_STATES).optional(),
      /** Work that runs by itself again and again; hidden, only what failed of it is listed. */
      background: z.enum(['shown', 'hidden']).default('shown'),
    }),
    response: pageOf(job),
  }),
  cancelJob: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/jobs/:id/cancel',
    summary: 'Ask a job to stop; it stops at its next safe point',
    domain: 'platform',
    access: 'job.write',
    params: withId,
    response: job,
  }),
  retryJob: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/jobs/:id/retry',
    summary: 'Run a failed or cancelled job again, now',
    domain: 'platform',
    access: 'job.write',
    params: withId,
    response: job,
  }),
};
