import { governanceEndpoints, ROLES, type Role } from '@qianmian/contract';
import { type Command, Option } from 'commander';
import { on } from '../session.ts';
import { minute, remark, say, sayJson, sayTable } from '../terminal.ts';

interface InWorkspace {
  workspace: string;
}

/** `api-key create|list|delete`. */
export function addApiKeys(root: Command): void {
  const keys = root.command('api-key').description('Keys that programs call the API with');

  on<InWorkspace & { name: string; role: Exclude<Role, 'owner'> }>(
    keys
      .command('create')
      .description('Make a key; prints its secret, which is never shown again')
      .requiredOption('--workspace <id>', 'workspace the key belongs to')
      .option('--name <name>', 'what it is for', 'command line')
      .addOption(
        new Option('--role <role>', 'what it may do')
          .choices(ROLES.filter((r) => r !== 'owner'))
          .default('operator'),
      ),
    async ({ api }, { json, workspace, name, role }) => {
      const made = await api.call(governanceEndpoints.createApiKey, {
        params: { workspace },
        body: { name, role },
      });
      if (json) return sayJson(made);
      say(made.secret);
      remark(
        `Key "${made.name}" with the role ${made.role}. Keep the secret: it is not stored and not shown again.`,
      );
    },
  );

  on<InWorkspace>(
    keys
      .command('list')
      .description('Keys of a workspace')
      .requiredOption('--workspace <id>', 'workspace to look in'),
    async ({ api }, { json, workspace }) => {
      const rows = await api.call(governanceEndpoints.listApiKeys, { params: { workspace } });
      if (json) return sayJson(rows);
      sayTable(
        ['ID', 'NAME', 'ROLE', 'BEGINS WITH', 'CREATED', 'LAST USED'],
        rows.map((k) => [k.id, k.name, k.role, k.prefix, minute(k.createdAt), minute(k.lastUsedAt)]),
      );
    },
  );

  on<InWorkspace>(
    keys
      .command('delete <id>')
      .description('Revoke a key at once')
      .requiredOption('--workspace <id>', 'workspace the key belongs to'),
    async ({ api }, { json, workspace }, [id]) => {
      await api.call(governanceEndpoints.deleteApiKey, { params: { workspace, id: id! } });
      if (json) return sayJson({ deleted: id });
      remark(`Key ${id} is revoked.`);
    },
  );
}
