// A PostgreSQL of our own for the length of a test run: made in a temporary folder, gone afterwards whatever happens.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian keeps the server's programs out of the path; others do not. */
const HOMES = ['/usr/lib/postgresql', '/usr/local/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

/** The folder with initdb and pg_ctl of the newest version here, or null. */
export function postgresPrograms() {
  const versions = HOMES.flatMap((home) =>
    existsSync(home) ? readdirSync(home).map((version) => join(home, version, 'bin')) : [],
  ).sort((a, b) => Number(/\d+/.exec(b)?.[0] ?? 0) - Number(/\d+/.exec(a)?.[0] ?? 0));
  const folders = [...versions, ...(process.env.PATH ?? '').split(':')];
  return folders.find((f) => existsSync(join(f, 'initdb')) && existsSync(join(f, 'pg_ctl'))) ?? null;
}

// What outlives us is a shell that waits for the end of its input: that comes also when we are killed.
const KEEPER = `
trap 'pg_ctl -D "$FOLDER/data" -m immediate -w stop > /dev/null 2>&1; rm -rf "$FOLDER"' EXIT
initdb -D "$FOLDER/data" -U qianmian -A trust -E UTF8 --locale=C --no-sync > "$FOLDER/log" 2>&1 &&
  pg_ctl -D "$FOLDER/data" -l "$FOLDER/log" -w start -o "$OPTIONS" > /dev/null 2>&1 &&
  echo ready || { cat "$FOLDER/log"; exit 1; }
cat > /dev/null`;

/** Starts a server that keeps nothing; answers its address and how to end it. */
export async function startPostgres(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'qianmian-postgres-'));
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
  };
  const env = {
    ...process.env,
    FOLDER: folder,
    OPTIONS: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    PATH: `${programs}:${process.env.PATH}`,
  };
  const keeper = spawn('sh', ['-c', KEEPER], {
    env,
    // Not in our process group: Ctrl-C must not end it before it has tidied up.
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: folder,
    ...ownerOf(folder),
  });
  const ended = new Promise((resolve) => keeper.once('exit', resolve));
  keeper.stdin.on('error', () => {});
  const said = await new Promise((resolve) => {
    let text = '';
    keeper.stdout.on('data', (chunk) => {
      text += chunk;
      if (/^ready$/m.test(text)) resolve('ready');
    });
    ended.then(() => resolve(text));
  });
  if (said !== 'ready') throw new Error(`PostgreSQL did not start:\n${said}`);
  return {
    url: `postgres://qianmian@127.0.0.1:${port}/postgres`,
    async stop() {
      keeper.stdin.end();
      await ended;
    },
  };
}

/** PostgreSQL refuses to run as root: there it runs as the user its package made, who gets the folder. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return {};
  const id = (what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' }));
  const owner = { uid: id('-u'), gid: id('-g') };
  chownSync(folder, owner.uid, owner.gid);
  return owner;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
