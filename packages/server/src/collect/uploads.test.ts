import { existsSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { collectEndpoints, governanceEndpoints, type ImportRun } from '@qianmian/contract';
import { describe, expect, it } from 'vitest';
import { DAY } from '../platform/clock.ts';
import { testApp } from '../test-app.ts';

const t = await testApp();
const ORDERS = 'order_id,date,sku,quantity,price\nA1,2026-05-01,P1,1,2.00\n';

async function draft(workspace: string, name: string): Promise<ImportRun> {
  async function* uploads() {
    yield { name, content: Readable.from([ORDERS]) };
  }
  return t.app.importRuns.create(workspace, 'tester', {}, uploads());
}

const start = (workspace: string, id: string) =>
  t.raw(collectEndpoints.startImport, { params: { workspace, id } });
const onDisk = (workspace: string, run: ImportRun) =>
  existsSync(t.app.importRuns.pathOf(workspace, run.id, run.files[0]!.name));

describe('uploaded files', () => {
  it('have names of any length in any script', async () => {
    const workspace = await t.workspace();
    const made = await draft(workspace, `${'订单'.repeat(100)}.csv`);
    expect(made.files[0]).toMatchObject({ format: 'csv', name: expect.stringMatching(/^(订单)+订?\.csv$/) });
    await start(workspace, made.id);
    await t.app.jobs.idle();
    const done = await t.call(collectEndpoints.getImport, { params: { workspace, id: made.id } });
    expect(done).toMatchObject({ state: 'done', totals: { orders: 1 } });
  });

  it('of drafts are kept for a week, of imports done for longer, of those undone not at all', async () => {
    const workspace = await t.workspace();
    const [waiting, done, undone] = await Promise.all(
      ['a.csv', 'b.csv', 'c.csv'].map((name) => draft(workspace, name)),
    );
    for (const run of [done!, undone!]) await start(workspace, run.id);
    await t.app.jobs.idle();
    await t.call(collectEndpoints.undoImport, { params: { workspace, id: undone!.id } });
    await t.app.jobs.idle();

    const now = Date.parse(waiting!.createdAt);
    await t.app.importRuns.removeOldUploads(now + 6 * DAY);
    expect([waiting!, done!, undone!].map((run) => onDisk(workspace, run))).toEqual([true, true, false]);
    expect(await t.app.importRuns.removeOldUploads(now + 8 * DAY)).toBeGreaterThan(0);
    expect([waiting!, done!].map((run) => onDisk(workspace, run))).toEqual([false, true]);

    const params = { workspace, id: waiting!.id };
    expect(await start(workspace, waiting!.id)).toMatchObject({
      status: 409,
      body: { code: 'import.files_removed', detail: expect.stringContaining('7 days') },
    });
    expect(
      await t.raw(collectEndpoints.updateImport, { params, body: { preset: 'shopify-orders' } }),
    ).toMatchObject({ status: 409, body: { code: 'import.files_removed' } });
    expect(await start(workspace, done!.id)).toMatchObject({ body: { code: 'import.wrong_state' } });
  });

  it('of an upload that broke off are removed when it is surely over', async () => {
    const workspace = await t.workspace();
    const [old, fresh] = ['old', 'fresh'].map((id) => t.app.importRuns.pathOf(workspace, id, '.'));
    for (const folder of [old!, fresh!]) await mkdir(folder, { recursive: true });
    const before = Date.now() / 1000 - 2 * 24 * 3600;
    await utimes(old!, before, before);
    await t.app.importRuns.removeOldUploads(0);
    expect([existsSync(old!), existsSync(fresh!)]).toEqual([false, true]);
  });

  it('and what columns mean: who changed, stopped, saved or deleted it is on record', async () => {
    const workspace = await t.workspace();
    const { id } = await draft(workspace, 'a.csv');
    const params = { workspace, id };
    await t.call(collectEndpoints.updateImport, { params, body: { timeZone: 'Asia/Tokyo' } });
    await t.call(collectEndpoints.cancelImport, { params });
    const mapping = { kind: 'customers', fields: { email: { columns: ['mail'] } } };
    const saved = await t.call(collectEndpoints.saveMapping, {
      params: { workspace },
      body: { name: 'Members', mapping },
    });
    await t.call(collectEndpoints.deleteMapping, { params: { workspace, id: saved.id } });
    const { rows } = await t.call(governanceEndpoints.listAudit, { params: { workspace }, query: {} });
    expect(rows.map((entry) => [entry.action, entry.target]).reverse()).toEqual([
      ['import.change', id],
      ['import.cancel', id],
      ['mapping.save', saved.id],
      ['mapping.delete', saved.id],
    ]);
    expect(rows.at(-1)?.detail).toEqual({ timeZone: 'Asia/Tokyo' });
  });
});
