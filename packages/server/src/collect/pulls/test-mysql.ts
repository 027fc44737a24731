import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/local/bin/mariadbd'];
const SYSTEM_TABLES = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql'];
const SHARES = ['/usr/share/mysql', '/usr/share/mariadb'];

/** The server's program on this machine, or null. */
export function mysqlProgram(): string | null {
  return PROGRAMS.find((path) => isRunnable(path)) ?? null;
}

/** A MySQL (MariaDB) of a test's own, with one database and one user; `sql` is run before it takes connections. */
export async function startMysql(program: string, sql: string) {
  const folder = await mkdtemp(join(tmpdir(), 'qianmian-mysql-'));
  const data = join(folder, 'data');
  const port = await freePort();
  const share = SHARES.find((path) => existsSync(join(path, SYSTEM_TABLES[0]!)))!;
  await mkdir(join(data, 'mysql'), { recursive: true });
  const tables = await Promise.all(SYSTEM_TABLES.map((name) => readFile(join(share, name), 'utf8')));
  const common = [
    '--no-defaults',
    `--datadir=${data}`,
    `--user=${userInfo().username}`,
    '--innodb-flush-log-at-trx-commit=0',
  ];
  await run(program, [...common, '--bootstrap', '--log-warnings=0'], `use mysql;\n${tables.join('\n')}`);
  const init = join(folder, 'init.sql');
  await writeFile(init, `${sql}\n`);
  const server = spawn(
    program,
    [
      ...common,
      ...[
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(folder, 's')}`,
        `--init-file=${init}`,
      ],
      '--default-time-zone=+05:30',
      '--character-set-server=utf8mb4',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  server.stderr.on('data', (more) => {
    said += more;
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const until = Date.now() + 60_000;
  while (!/ready for connections/.test(said)) {
    if (server.exitCode !== null || Date.now() > until) throw new Error(`MySQL did not start:\n${said}`);
    await sleep(50);
  }
  return {
    port,
    async stop() {
      server.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function run(program: string, args: string[], input: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (more) => {
      said += more;
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`MySQL cannot be set up:\n${said}`)),
    );
    child.stdin.end(input);
  });
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
