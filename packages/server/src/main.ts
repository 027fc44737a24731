import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type App, buildApp, VERSION } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { DEMO_WORKSPACE, openDemo } from './demo/index.ts';
import { ensureOwner, ensureWorkspace, type OwnerSignIn, signInWords } from './owner.ts';
import { OffsetClock, systemClock } from './platform/clock.ts';
import { messageOf } from './platform/errors.ts';
import { FolderInUse, lockFolder } from './platform/lock.ts';
import { openLog } from './platform/log.ts';
import { openStores } from './stores.ts';
import { progressLine } from './terminal.ts';

// The process: settings, the folder's lock, the stores, the app, and how it ends.

const CONSOLE_DIR = fileURLToPath(new URL('../../console/dist', import.meta.url));

async function main(): Promise<void> {
  const started = performance.now();
  const config = readConfig();
  const dataDir = resolve(config.dataDir);
  // Everything under it is customers' data: for this account alone, whatever the shell's mask.
  process.umask(0o077);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const unlock = await lockFolder(dataDir);
  // Left over from a process that was killed: nobody should look for us there with its key.
  await rm(join(dataDir, 'server.json'), { force: true });
  const log = openLog(config.logLevel);

  const clock = new OffsetClock(systemClock, 0);
  const demo = config.demo ? await openDemo({ folder: dataDir, clock, log }) : null;
  const stores = await openStores({ ...config, dataDir });
  const localToken = randomBytes(24).toString('base64url');
  const app = await buildApp({
    config: { ...config, dataDir, smtpUrl: config.smtpUrl ?? demo?.smtpUrl ?? null },
    ...stores,
    clock,
    accountsClock: systemClock,
    log,
    localToken,
    consoleDir: existsSync(join(CONSOLE_DIR, 'index.html')) ? CONSOLE_DIR : null,
    demo,
  });
  const signIn = await ensureOwner(app, config);
  const url = await listen(app, config);
  await app.start();
  const stop = stopper(async () => {
    await rm(join(dataDir, 'server.json'), { force: true });
    await demo?.close();
    await app.close();
    await unlock();
  });
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);

  if (demo && config.demo) {
    await ensureWorkspace(app, config, {
      id: DEMO_WORKSPACE,
      name: '千面百货 Qianmian Market',
      currency: 'CNY',
      timeZone: 'Asia/Shanghai',
    });
    await app.startDemo(config.demo.people, url, progressLine('Filling the simulated retailer'));
  }
  await publish(dataDir, url, localToken);
  tell(config, url, signIn, performance.now() - started);
}

async function listen(app: App, config: Config): Promise<string> {
  await app.http.app.listen({ host: config.host, port: config.port });
  const address = app.http.app.server.address() as AddressInfo;
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return `http://${host}:${address.port}`;
}

/** Tells the command line on this machine where the server is and how to speak to it. */
async function publish(dataDir: string, url: string, localToken: string): Promise<void> {
  await writeFile(join(dataDir, 'local-token'), localToken, { mode: 0o600 });
  const draft = join(dataDir, 'server.json.new');
  await writeFile(draft, JSON.stringify({ pid: process.pid, url, version: VERSION }));
  await rename(draft, join(dataDir, 'server.json'));
}

function tell(config: Config, url: string, signIn: OwnerSignIn, took: number): void {
  const lines = [
    '',
    `  Qianmian is ready after ${(took / 1000).toFixed(1)} s:  ${config.publicUrl ?? url}`,
    `  ${signInWords(signIn)}`,
    existsSync(join(CONSOLE_DIR, 'index.html')) ? '' : '  The console is not built yet: npm run build\n',
    config.ledgerUrl
      ? ''
      : '  The embedded ledger survives a killed process, not a power cut: use QM_LEDGER_URL in production.\n',
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** Ends the process once: cleanly at the first signal, at once at the second. */
function stopper(close: () => Promise<void>): () => void {
  let since: number | null = null;
  return () => {
    // One Ctrl-C may arrive twice, from the terminal and from the command that started us.
    if (since !== null && performance.now() - since < 1000) return;
    if (since !== null) process.exit(130);
    since = performance.now();
    process.stdout.write('\n  Stopping; everything accepted is kept.\n');
    close().then(
      () => process.exit(0),
      (error) => {
        process.stderr.write(`${messageOf(error)}\n`);
        process.exit(1);
      },
    );
  };
}

main().catch((error) => {
  const expected =
    error instanceof FolderInUse || /environment has faults|EADDRINUSE|EACCES/.test(messageOf(error));
  process.stderr.write(`${expected ? messageOf(error) : (error as Error).stack}\n`);
  process.exit(1);
});
