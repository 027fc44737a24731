import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.ts';
import { isHealthy, runningOn, startForOneCommand } from './server-process.ts';
import type { Everywhere } from './session.ts';

/** What a check found, and what to do about it. */
export interface Finding {
  what: string;
  state: 'good' | 'warning' | 'bad';
  found: string;
  todo: string | null;
}

type Check = (options: Everywhere) => Promise<Finding>;

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const GIB = 1024 ** 3;

const good = (what: string, found: string): Finding => ({ what, state: 'good', found, todo: null });
const bad = (what: string, found: string, todo: string): Finding => ({ what, state: 'bad', found, todo });
const warning = (what: string, found: string, todo: string): Finding => ({
  what,
  state: 'warning',
  found,
  todo,
});

/** Everything `doctor` looks at, in the order a first start needs it. */
export const CHECKS: Check[] = [nodeVersion, engine, consoleBuilt, dataFolder, freeDisk, server];

async function nodeVersion(): Promise<Finding> {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? good('Node.js', process.versions.node)
    : bad('Node.js', process.versions.node, 'Install Node.js 20.19 or newer.');
}

/** The embedded warehouse is a native library in a package of its own for each platform. */
async function engine(): Promise<Finding> {
  const what = 'Embedded warehouse';
  if (process.env.QM_WAREHOUSE_URL) return good(what, 'not needed: QM_WAREHOUSE_URL is set');
  const name = `@chdb/lib-${process.platform}-${process.arch}${process.platform === 'linux' ? '-gnu' : ''}`;
  try {
    createRequire(join(ROOT, 'packages/server/package.json')).resolve(`${name}/package.json`);
    return good(what, name);
  } catch {
    return bad(
      what,
      `${name} is not installed`,
      'Run "npm ci" on this machine. Where there is no such package (Windows, Alpine), set QM_WAREHOUSE_URL to a ClickHouse.',
    );
  }
}

async function consoleBuilt(): Promise<Finding> {
  return existsSync(join(ROOT, 'packages/console/dist/index.html'))
    ? good('Console', 'built')
    : warning('Console', 'not built: the server answers the API only', 'Run "npm run build".');
}

async function dataFolder({ dataDir }: Everywhere): Promise<Finding> {
  const what = 'Data folder';
  const folder = resolve(dataDir);
  const probe = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return good(what, folder);
  } catch (error) {
    return bad(
      what,
      `${folder} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      'Give the folder to the user the server runs as, or choose another with QM_DATA_DIR.',
    );
  }
}

async function freeDisk({ dataDir }: Everywhere): Promise<Finding> {
  const what = 'Free disk';
  try {
    const { bavail, bsize } = await statfs(resolve(dataDir));
    const free = (bavail * bsize) / GIB;
    const found = `${free.toFixed(1)} GiB`;
    if (free < 1) return bad(what, found, 'Free at least 1 GiB: with a full disk, events are refused.');
    return free < 5
      ? warning(what, found, 'Free some: below 1 GiB the server is in danger.')
      : good(what, found);
  } catch {
    return warning(what, 'unknown', 'Make the data folder first.');
  }
}

/** The server that is meant answers; where none runs, one can be started, which opens both stores. */
async function server({ url, dataDir }: Everywhere): Promise<Finding> {
  if (url) {
    return (await isHealthy(url))
      ? good('Server', `answers at ${url}`)
      : bad('Server', `none answers at ${url}`, 'Check the address, and that the server runs.');
  }
  try {
    const running = await runningOn(dataDir);
    if (running) return good('Server', `answers at ${running.url}`);
    const began = performance.now();
    const started = await startForOneCommand(dataDir);
    await started.stop();
    return good('Stores', `open (none ran; one started in ${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return bad('Stores', error.message, 'Mend what the sentence names, then run doctor again.');
  }
}
