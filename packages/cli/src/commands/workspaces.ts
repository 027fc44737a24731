import { governanceEndpoints } from '@qianmian/contract';
import type { Command } from 'commander';
import { on } from '../session.ts';
import { say, sayJson, sayTable } from '../terminal.ts';

/** `workspace list|create`. */
export function addWorkspaces(root: Command): void {
  const workspace = root.command('workspace').description('Retailers (or brands) kept apart');

  on(workspace.command('list').description('Workspaces this caller may enter'), async ({ api }, { json }) => {
    const { workspaces } = await api.call(governanceEndpoints.getSession);
    if (json) return sayJson(workspaces);
    sayTable(
      ['ID', 'NAME', 'CURRENCY', 'TIME ZONE', 'ROLE'],
      workspaces.map((w) => [w.id, w.name, w.currency, w.timeZone, w.role]),
    );
  });

  on<{ name?: string; currency?: string; timeZone?: string; country?: string }>(
    workspace
      .command('create <id>')
      .description('Make a workspace')
      .option('--name <name>', 'what people call it (default: its id)')
      .option('--currency <code>', 'ISO 4217 code of its money (default: CNY)')
      .option('--time-zone <zone>', 'IANA zone of its business day (default: Asia/Shanghai)')
      .option(
        '--country <code>',
        'where phone numbers without a country code are from (default: by zone and money)',
      ),
    async ({ api }, { json, name, currency, timeZone, country }, [id]) => {
      const made = await api.call(governanceEndpoints.createWorkspace, {
        body: { id: id!, name: name ?? id!, currency, timeZone, country },
      });
      if (json) return sayJson(made);
      say(made.id);
    },
  );
}
