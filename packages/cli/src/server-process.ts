import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EXIT, Failure } from './failure.ts';

const SERVER = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

/** What a server that answers writes into its data folder. */
export interface Announced {
  pid: number;
  url: string;
}

/** A server that answers, and the key for it. */
export interface Reached {
  url: string;
  key: string;
}

/** Starts the server as a process of its own. Settings that are the command line's alone are kept from it. */
export function spawnServer(
  dataDir: string,
  settings: Record<string, string>,
  options: SpawnOptions,
): ChildProcess {
  const { QM_URL, QM_API_KEY, ...env } = process.env;
  return spawn(process.execPath, ['--import', import.meta.resolve('tsx'), SERVER], {
    ...options,
    // Long statements of the embedded warehouse must leave threads for files and passwords.
    env: { UV_THREADPOOL_SIZE: '12', ...env, QM_DATA_DIR: resolve(dataDir), ...settings },
  });
}

/** What the data folder says about a server, true or left over from a crash; null when it says nothing. */
export async function announcedIn(dataDir: string): Promise<Announced | null> {
  try {
    const said = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as Partial<Announced>;
    return typeof said.pid === 'number' && typeof said.url === 'string'
      ? { pid: said.pid, url: said.url }
      : null;
  } catch {
    return null;
  }
}

/** The server that runs on a data folder, if one answers. */
export async function runningOn(dataDir: string): Promise<Reached | null> {
  const said = await announcedIn(dataDir);
  if (!said || !(await isHealthy(said.url))) return null;
  const key = await localToken(dataDir);
  // Another may have taken its place meanwhile, with a key of its own.
  return (await announcedIn(dataDir))?.pid === said.pid ? { url: said.url, key } : null;
}

/** Whether something at the address says it is a healthy server. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(3000) });
    return answer.ok && ((await answer.json()) as { status?: string }).status === 'ok';
  } catch {
    return false;
  }
}

/** The key that opens everything to whoever may read the data folder. */
async function localToken(dataDir: string): Promise<string> {
  const file = join(dataDir, 'local-token');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new Failure(
      `${resolve(file)} cannot be read: run the command as the user the server runs as, or give --api-key.`,
    );
  }
}

/** Starts a server on a free port for one command; answers it with the way to stop it. */
export async function startForOneCommand(dataDir: string): Promise<Reached & { stop(): Promise<void> }> {
  const child = spawnServer(
    dataDir,
    { QM_PORT: '0', QM_LOG_LEVEL: 'error', QM_DEMO: '0' },
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4000);
  });
  const stop = async () => {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await stopChild(child);
  };
  const interrupted = (signal: NodeJS.Signals) => {
    // A terminal sends Ctrl-C to the child as well, and a second signal would cut its clean stop short.
    const stopped = signal === 'SIGINT' && process.stdin.isTTY ? once(child, 'exit') : stopChild(child);
    void stopped.then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  const reached = await answering(child, dataDir);
  if (reached) return { ...reached, stop };
  process.off('SIGINT', interrupted);
  process.off('SIGTERM', interrupted);
  // Another process may hold the folder and be about to answer: a server that is just starting.
  const other = /is in use by process/.test(said) ? await soonRunningOn(dataDir) : null;
  if (other) return { ...other, stop: async () => {} };
  throw new Failure(`The server could not be started. ${said.trim()}`, EXIT.unreachable);
}

/** Waits until the child answers; null when it ended instead. */
async function answering(child: ChildProcess, dataDir: string): Promise<Reached | null> {
  while (child.exitCode === null && child.signalCode === null) {
    const said = await announcedIn(dataDir);
    if (said && said.pid === child.pid) return { url: said.url, key: await localToken(dataDir) };
    await sleep(25);
  }
  return null;
}

async function soonRunningOn(dataDir: string): Promise<Reached | null> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(250)) {
    const running = await runningOn(dataDir);
    if (running) return running;
  }
  return null;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
