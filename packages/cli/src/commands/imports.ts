import { collectEndpoints, type ImportAdded, type ImportRun, PRESET_NAMES } from '@qianmian/contract';
import { type Command, Option } from 'commander';
import { followUpDone, type ImportOrder, runImport, undoImport } from '../run-import.ts';
import { on } from '../session.ts';
import { count, minute, money, remark, say, sayJson, sayTable } from '../terminal.ts';

/** `import PATH...`, `import undo ID` and `imports`. */
export function addImports(root: Command): void {
  const imports = root
    .command('import [path...]')
    .description('Import files (CSV, JSON Lines, Parquet, Excel; gzip too); a folder stands for its files')
    .requiredOption('--workspace <id>', 'workspace to import into; made when it is missing')
    .addOption(
      new Option(
        '--preset <name>',
        'export whose columns are known (default: the one the columns tell; none: guess them)',
      ).choices([...PRESET_NAMES, 'none']),
    )
    .option('--currency <code>', "money of the files (default: the preset's, else the workspace's)")
    .option('--time-zone <zone>', "zone of times without one (default: the preset's, else the workspace's)")
    .option('--mapping <file>', 'JSON file that says which column is what');
  on<ImportOrder>(imports, async (session, options, paths) => {
    if (paths.length === 0) imports.error('error: name at least one file or folder to import');
    const run = await runImport(session, { ...options, paths });
    if (session.own) await followUpDone(session.api, options.workspace);
    if (options.json) return sayJson(summaryOf(run, options.workspace));
    tell(run);
  });

  on<{ workspace: string }>(
    imports.command('undo <id>').description('Take what only an import brought back out'),
    async (session, { json, workspace }, [id]) => {
      const run = await undoImport(session, workspace, id!);
      if (session.own) await followUpDone(session.api, workspace);
      if (json) return sayJson(summaryOf(run, workspace));
      remark(`Import ${run.id} is undone: what only it had brought is out again.`);
    },
  );

  on<{ workspace: string }>(
    root
      .command('imports')
      .description('Imports of a workspace, newest first')
      .requiredOption('--workspace <id>', 'workspace to look in'),
    async ({ api }, { json, workspace }) => {
      const runs = await api.call(collectEndpoints.listImports, { params: { workspace } });
      if (json) return sayJson(runs.map((run) => summaryOf(run, workspace)));
      sayTable(
        ['ID', 'STATE', 'ROWS', 'ORDERS', 'PEOPLE', 'CREATED', 'FILES'],
        runs.map((r) => [
          r.id,
          r.state,
          count(r.totals.rows),
          count(r.totals.orders),
          count(r.totals.people),
          minute(r.createdAt),
          r.files.map((f) => f.name).join(', '),
        ]),
      );
    },
  );
}

/** An import as scripts read it: the totals beside its ids, and every file that was not used with why. */
function summaryOf(run: ImportRun, workspace: string) {
  return {
    importId: run.id,
    workspace,
    state: run.state,
    preset: run.preset,
    currency: run.currency,
    timeZone: run.timeZone,
    ...run.totals,
    reasons: run.reasons,
    files: run.files
      .filter((f) => f.role !== null)
      .map((f) => ({ file: f.name, role: f.role, rows: f.rowsRead })),
    unused: run.files.filter((f) => f.role === null).map((f) => ({ file: f.name, why: f.unusedWhy })),
    error: run.error,
  };
}

function tell(run: ImportRun): void {
  const t = run.totals;
  const { added } = t;
  const fresh = (n: number | undefined) => (n === undefined ? '' : ` (${count(n)} new)`);
  const line = (what: string, value: string) => say(`  ${what.padEnd(10)} ${value}`);
  const as = run.preset ? `, read as ${run.preset}` : '';
  say(`Imported ${count(t.rows)} rows (import ${run.id}${as})`);
  const changed = added?.changedOrders ? `, ${count(added.changedOrders)} changed` : '';
  line('orders', count(t.orders) + fresh(added?.orders) + changed);
  line('people', count(t.people) + fresh(added?.people));
  line('products', count(t.products) + fresh(added?.products));
  line('stores', count(t.stores) + fresh(added?.stores));
  line('sales', money(t.salesCents, run.currency));
  line('returns', money(t.returnsCents, run.currency));
  line('rejected', `${count(t.rejected)} rows${because(run, 'rejected')}`);
  line('corrected', `${count(t.corrected)} rows${because(run, 'corrected')}`);
  if (isNothing(added)) remark('Nothing of it was new.');
  for (const f of run.files.filter((f) => f.role === null)) remark(`Not used: ${f.name}. ${f.unusedWhy}`);
}

function isNothing(added: ImportAdded | undefined): boolean {
  return added !== undefined && Object.values(added).every((n) => n === 0);
}

function because(run: ImportRun, kind: 'rejected' | 'corrected'): string {
  const reasons = run.reasons.filter((r) => r.kind === kind).map((r) => `${r.code} ${count(r.rows)}`);
  return reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
}
