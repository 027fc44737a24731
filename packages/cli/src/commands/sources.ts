import { collectEndpoints } from '@qianmian/contract';
import type { Command } from 'commander';
import { on } from '../session.ts';
import { count, minute, remark, say, sayJson, sayTable } from '../terminal.ts';

interface InWorkspace {
  workspace: string;
}

/** `source list|create`: places events come from, with the write keys of their trackers. */
export function addSources(root: Command): void {
  const sources = root.command('source').description('Places events come from, with their write keys');

  on<InWorkspace>(
    sources
      .command('list')
      .description('Sources and what they sent')
      .requiredOption('--workspace <id>', 'workspace to look in'),
    async ({ api }, { json, workspace }) => {
      const rows = await api.call(collectEndpoints.listSources, { params: { workspace } });
      if (json) return sayJson(rows);
      sayTable(
        ['ID', 'NAME', 'WRITE KEY', 'EVENTS', 'LAST EVENT'],
        rows.map((s) => [s.id, s.name, s.writeKey, count(s.events), minute(s.lastEventAt)]),
      );
    },
  );

  on<InWorkspace & { name: string }>(
    sources
      .command('create')
      .description('Make a source; prints its write key')
      .requiredOption('--workspace <id>', 'workspace its events go to')
      .requiredOption('--name <name>', 'what it is, e.g. "Web shop"'),
    async ({ api }, { json, workspace, name }) => {
      const made = await api.call(collectEndpoints.createSource, { params: { workspace }, body: { name } });
      if (json) return sayJson(made);
      say(made.writeKey);
      remark(`Source "${made.name}" (${made.id}). The write key goes into its tracker.`);
    },
  );
}
