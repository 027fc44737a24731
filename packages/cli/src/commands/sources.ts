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

  on<InWorkspace & { name: string; client?: boolean; origin?: string[] }>(
    sources
      .command('create')
      .description('Make a source; prints its write key')
      .requiredOption('--workspace <id>', 'workspace its events go to')
      .requiredOption('--name <name>', 'what it is, e.g. "Web shop"')
      .option('--client', 'its key stands in pages or apps: it may not say everything')
      .option('--origin <origin...>', 'pages that may use such a key, e.g. https://shop.example'),
    async ({ api }, { json, workspace, name, client, origin }) => {
      const made = await api.call(collectEndpoints.createSource, {
        params: { workspace },
        body: { name, client: client || origin ? { origins: origin ?? [] } : null },
      });
      if (json) return sayJson(made);
      say(made.writeKey);
      remark(
        `Source "${made.name}" (${made.id}). ${made.client ? 'The write key goes into its pages or apps.' : 'The write key is for servers: keep it secret.'}`,
      );
    },
  );
}
