import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Failure } from '../failure.ts';
import { announcedIn, spawnServer } from '../server-process.ts';
import type { Everywhere } from '../session.ts';

/** `start` and `demo`: the server in the foreground. */
export function addServers(root: Command): void {
  const start = root.command('start').description('Start the server and stay in the foreground');
  start.action(() => inForeground(start.optsWithGlobals<Everywhere>().dataDir, {}, false));

  const demo = root
    .command('demo')
    .description('Start the server with a simulated retailer to try everything on')
    .addOption(
      new Option('--people <n>', 'how many simulated customers')
        .env('QM_DEMO_PEOPLE')
        .default(20_000)
        .argParser(peopleOf),
    )
    .option('--no-open', 'do not open a browser');
  demo.action(() => {
    const { dataDir, people, open } = demo.optsWithGlobals<Everywhere & { people: number; open: boolean }>();
    return inForeground(
      dataDir,
      { QM_DEMO: '1', QM_DEMO_PEOPLE: String(people) },
      open && canShowBrowser(process.env),
    );
  });
}

function peopleOf(text: string): number {
  const people = Number(text);
  if (!Number.isInteger(people) || people < 50 || people > 1_000_000)
    throw new InvalidArgumentError('It must be a whole number from 50 to 1,000,000.');
  return people;
}

async function inForeground(dataDir: string, settings: Record<string, string>, open: boolean): Promise<void> {
  const child = spawnServer(dataDir, settings, { stdio: 'inherit' });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  // A terminal sends Ctrl-C to the child as well; passed on, it would count as the second and cut the stop short.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGTERM'));
  if (open) void openWhenReady(dataDir, child.pid);
  const [code] = await ended;
  // The server has said itself what was wrong.
  if (code !== 0) throw new Failure('', code ?? 1);
}

async function openWhenReady(dataDir: string, pid: number | undefined): Promise<void> {
  for (;;) {
    const said = await announcedIn(dataDir);
    if (said && said.pid === pid) return openBrowser(said.url);
    await sleep(200);
  }
}

/** Whether a window would appear: not in CI, not without a display. */
export function canShowBrowser(env: NodeJS.ProcessEnv, platform = process.platform): boolean {
  if (env.CI) return false;
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

function openBrowser(url: string): void {
  const [command, ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  const opener = spawn(command!, [...before, url], { stdio: 'ignore', detached: true });
  // No opener: the address stands on the terminal.
  opener.on('error', () => {});
  opener.unref();
}
