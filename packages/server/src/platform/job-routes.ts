import { type Job, jobEndpoints } from '@qianmian/contract';
import { isoOrNull } from './clock.ts';
import { offsetCursor, pageFrom } from './cursor.ts';
import type { Mount } from './http.ts';
import type { JobRow } from './job-store.pg.ts';
import type { Jobs } from './jobs.ts';

/** HTTP edge of the job queue. */
export function jobRoutes(mount: Mount, jobs: Jobs): void {
  mount(jobEndpoints.listJobs, async ({ workspace, query }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const { state, background } = query;
    const rows = await jobs.list(workspace, { ...page, limit: page.limit + 1, state, background });
    return pageFrom(rows.map(present), page);
  });
  mount(jobEndpoints.cancelJob, async ({ workspace, params }) =>
    present(await jobs.cancel(workspace, params.id)),
  );
  mount(jobEndpoints.retryJob, async ({ workspace, params }) =>
    present(await jobs.retry(workspace, params.id)),
  );
}

function present(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    subject: row.subject,
    progress: row.progress,
    note: row.note,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    error: row.error,
    runAt: row.run_at.toISOString(),
    startedAt: isoOrNull(row.started_at),
    finishedAt: isoOrNull(row.finished_at),
  };
}
