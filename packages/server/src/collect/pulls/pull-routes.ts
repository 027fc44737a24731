import { pullEndpoints as e, type Pull } from '@qianmian/contract';
import type { Audit } from '../../governance/index.ts';
import { offsetCursor, pageFrom } from '../../platform/cursor.ts';
import { notFound } from '../../platform/errors.ts';
import type { Mount } from '../../platform/http.ts';
import type { Masked } from '../masked.ts';
import type { CollectWarehouse } from '../store.ch.ts';
import type { ImportFile } from '../store.pg.ts';
import type { Pulls } from './pulls.ts';
import { presentedRun } from './pulls.ts';
import type { Runs } from './runs.ts';

const REVEAL = 'customer.reveal';

/** HTTP edge of sources that are read on a schedule. */
export function pullRoutes(
  mount: Mount,
  parts: { pulls: Pulls; runs: Runs; warehouse: CollectWarehouse; masked: Masked; audit: Audit },
): void {
  const { pulls, runs, warehouse, masked, audit } = parts;

  mount(e.listPulls, ({ workspace }) => pulls.list(workspace));
  mount(e.pullAbilities, async () => ({ kinds: [...pulls.kinds] }));
  mount(e.getPull, ({ workspace, params }) => pulls.one(workspace, params.id));
  mount(e.lookAtPull, ({ workspace, body, gone }) => pulls.look(workspace, body, gone));
  mount(e.samplePull, async ({ workspace, body, may, gone }) => {
    const file = await pulls.sample(workspace, body, gone);
    return may(REVEAL) ? file : masked.file(file);
  });
  mount(e.createPull, async ({ workspace, body, who }) => {
    const id = await pulls.create(workspace, who.name, body);
    await audit.note(workspace, who, 'source.create', id, { name: body.name, kind: body.connection.kind });
    return pulls.one(workspace, id);
  });
  mount(e.updatePull, async ({ workspace, params, body, who }) => {
    await pulls.update(workspace, params.id, body);
    await audit.note(workspace, who, 'source.update', params.id, { changed: Object.keys(body).join(', ') });
    return pulls.one(workspace, params.id);
  });
  mount(e.deletePull, async ({ workspace, params, who }) => {
    await pulls.remove(workspace, params.id);
    await audit.note(workspace, who, 'source.revoke', params.id);
    return undefined;
  });
  mount(e.runPull, async ({ workspace, params, who }) => {
    const asked = await pulls.runNow(workspace, params.id);
    await audit.note(workspace, who, 'source.run', params.id);
    return asked;
  });
  mount(e.replayPull, async ({ workspace, params, body, who }) => {
    const asked = await pulls.replay(workspace, params.id, body.from);
    await audit.note(workspace, who, 'source.replay', params.id, { from: body.from ?? 'start' });
    return asked;
  });
  mount(e.listPullRuns, async ({ workspace, params, query }) => {
    await pulls.row(workspace, params.id);
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const rows = await runs.list(params.id, { ...page, limit: page.limit + 1 });
    return pageFrom(rows.map(presentedRun), page);
  });
  mount(e.listPullNotes, async ({ workspace, params, query, may }) => {
    const pull = await pulls.one(workspace, params.id);
    const run = await runs.get(params.id, params.runId);
    if (!run) throw notFound('run', params.runId);
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const filter = { kind: query.kind ?? '', code: '' };
    const [rows, total] = await Promise.all([
      warehouse.notes(workspace, run.id, { ...filter, ...page, limit: page.limit + 1 }),
      warehouse.countNotes(workspace, run.id, filter),
    ]);
    return pageFrom(may(REVEAL) ? rows : rows.map(noteMask(pull, rows)), page, total);
  });

  /** Every file of a source is read by its one mapping. */
  function noteMask(pull: Pull, rows: readonly { file: string }[]) {
    const file = (name: string): ImportFile => ({
      ...{ name, bytes: 0, format: '', encoding: '', headers: [], sample: [], role: null, unusedWhy: null },
      ...{ mapping: pull.mapping, rowsRead: 0 },
    });
    return masked.notes({ files: [...new Set(rows.map((row) => row.file))].map(file), preset: null });
  }
}
