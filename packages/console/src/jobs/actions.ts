import { RedoOutlined, StopOutlined } from '@ant-design/icons';
import { api, type Job } from '@qianmian/contract';
import { defineAction } from '../shell/actions.ts';

/** Asks a job to stop; it ends at its next safe point and can be run again. */
export const cancelJob = defineAction<Job>({
  id: 'job.cancel',
  label: 'jobs:actions.cancel',
  icon: StopOutlined,
  permission: 'job.write',
  applies: (job) => job.state === 'queued' || job.state === 'running',
  run: async ({ call, refresh, toast, text }, job) => {
    await call(api.cancelJob, { params: { id: job.id } });
    toast.done(text('jobs:cancelled'));
    await refresh(api.listJobs);
  },
});

export const retryJob = defineAction<Job>({
  id: 'job.retry',
  label: 'jobs:actions.retry',
  icon: RedoOutlined,
  permission: 'job.write',
  applies: (job) => job.state === 'failed' || job.state === 'cancelled',
  run: async ({ call, refresh, toast, text }, job) => {
    await call(api.retryJob, { params: { id: job.id } });
    toast.done(text('jobs:retried'));
    await refresh(api.listJobs);
  },
});
