import { Command, Option } from 'commander';
import { addApiKeys } from './commands/api-keys.ts';
import { addDoctor } from './commands/doctor.ts';
import { addImports } from './commands/imports.ts';
import { addLists } from './commands/lists.ts';
import { addPasswords } from './commands/passwords.ts';
import { addServers } from './commands/servers.ts';
import { addSources } from './commands/sources.ts';
import { addWorkspaces } from './commands/workspaces.ts';

const AFTER = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no server reachable.
Results go to standard output, everything else to standard error. NO_COLOR is heeded.
Without --url, commands talk to the server on the data folder, or start one for as long as they need it.`;

/** The whole command line; commander's own exits become errors. */
export function program(): Command {
  const root = new Command('qianmian')
    .description('Customer portraits and precision marketing for retailers, self-hosted.')
    .version('0.1.0')
    .exitOverride()
    .showHelpAfterError('(--help shows what is possible)')
    .addOption(new Option('--url <url>', 'server to talk to, when it is another machine').env('QM_URL'))
    .addOption(new Option('--api-key <key>', 'key for that server').env('QM_API_KEY'))
    .addOption(
      new Option('--data-dir <folder>', 'where everything is kept').env('QM_DATA_DIR').default('./data'),
    )
    .option('--json', 'print the result as one JSON value')
    .addHelpText('after', AFTER);
  for (const add of [
    addServers,
    addImports,
    addWorkspaces,
    addApiKeys,
    addPasswords,
    addSources,
    addLists,
    addDoctor,
  ])
    add(root);
  return root;
}
