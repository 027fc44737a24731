import { JOB_STATES, type Job, jobEndpoints, segmentEndpoints } from '@qianmian/contract';
import { type Command, Option } from 'commander';
import { on } from '../session.ts';
import { count, minute, sayJson, sayTable } from '../terminal.ts';

/** `segment list` and `jobs`: what stands in a workspace, to look at. */
export function addLists(root: Command): void {
  const segments = root.command('segment').description('Sets of customers defined by a condition');

  on<{ workspace: string }>(
    segments
      .command('list')
      .description('Segments, newest first')
      .requiredOption('--workspace <id>', 'workspace to look in'),
    async ({ api }, { json, workspace }) => {
      const rows = await api.call(segmentEndpoints.listSegments, { params: { workspace } });
      if (json) return sayJson(rows);
      sayTable(
        ['ID', 'NAME', 'PEOPLE', 'COMPUTED'],
        rows.map((s) => [s.id, s.name, s.size === null ? '-' : count(s.size), minute(s.computedAt)]),
      );
    },
  );

  on<{ workspace: string; state?: Job['state'] }>(
    root
      .command('jobs')
      .description('Long work, newest first')
      .requiredOption('--workspace <id>', 'workspace to look in')
      .addOption(new Option('--state <state>', 'only those in this state').choices(JOB_STATES)),
    async ({ api }, { json, workspace, state }) => {
      const { rows } = await api.call(jobEndpoints.listJobs, { params: { workspace }, query: { state } });
      if (json) return sayJson(rows);
      sayTable(
        ['ID', 'KIND', 'STATE', 'DONE', 'STARTED', 'ABOUT'],
        rows.map((j) => [j.id, j.kind, j.state, doneOf(j), minute(j.startedAt), j.error ?? j.subject]),
      );
    },
  );
}

function doneOf(job: Job): string {
  return job.progress === null ? '-' : `${Math.floor(job.progress * 100)} %`;
}
