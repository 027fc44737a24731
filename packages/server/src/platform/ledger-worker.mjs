// The thread PGlite runs in: a long query blocks only this thread. Plain JavaScript, because threads start without a
// transpiler. Speaks { id, op, sql, params } -> { id, rows, affected } | { id, error }.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

const INT8 = 20;
const { folder, template, isNew } = workerData;
const parsers = { [INT8]: (text) => Number(text) };

async function open() {
  if (!isNew) return new PGlite(folder, { parsers });
  const cached = template ? await readFile(template).catch(() => null) : null;
  if (cached) return new PGlite(folder, { parsers, loadDataDir: new Blob([cached]) });
  const db = new PGlite(folder, { parsers });
  await db.waitReady;
  if (template) await saveTemplate(db);
  return db;
}

/** initdb takes seconds: what it made is kept for the next new ledger of this installation. */
async function saveTemplate(db) {
  try {
    await mkdir(dirname(template), { recursive: true });
    const draft = `${template}.${process.pid}`;
    await writeFile(draft, Buffer.from(await (await db.dumpDataDir('gzip')).arrayBuffer()));
    await rename(draft, template);
  } catch {
    // A read-only installation: every new ledger runs initdb.
  }
}

const db = await open();
await db.waitReady;
parentPort.postMessage({ id: 0, rows: [], affected: 0 });

parentPort.on('message', async ({ id, op, sql, params }) => {
  try {
    if (op === 'close') {
      await db.close();
      parentPort.postMessage({ id, rows: [], affected: 0 });
      parentPort.close();
    } else if (op === 'script') {
      await db.exec(sql);
      parentPort.postMessage({ id, rows: [], affected: 0 });
    } else {
      const result = await db.query(sql, params);
      parentPort.postMessage({ id, rows: result.rows, affected: result.affectedRows ?? 0 });
    }
  } catch (error) {
    parentPort.postMessage({
      id,
      error: { message: error.message, code: error.code, detail: error.detail, constraint: error.constraint },
    });
  }
});
