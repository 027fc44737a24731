// What must be there before anything of ours can run. Node's own modules only: this is read before there are others.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What browsers get, and what each is built from. */
const BUILT = [
  {
    what: 'the console',
    folder: 'packages/console',
    args: [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'packages/console', '--logLevel', 'warn'],
    sources: [
      'packages/console/src',
      'packages/console/public',
      'packages/console/index.html',
      'packages/console/vite.config.ts',
      'packages/contract/src',
      'package-lock.json',
    ],
  },
  {
    what: 'the tracker',
    folder: 'packages/sdk',
    args: [join(ROOT, 'packages/sdk/build.mjs')],
    sources: ['packages/sdk/src', 'packages/sdk/build.mjs', 'package-lock.json'],
  },
];

/** Ends with a sentence when this Node.js is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Qianmian needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Installs what the lock file says when something else, or nothing, is installed. */
export function installWhenNeeded() {
  requireNode();
  const missing = missingPackage();
  if (missing === null) return;
  console.error(`Installing the packages (${missing}) ...`);
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** The first package of the lock file that is not installed as it says; null when all are. */
function missingPackage() {
  const installed = packagesOf(join(ROOT, 'node_modules/.package-lock.json'));
  if (!installed) return 'none are there';
  for (const [path, wanted] of Object.entries(packagesOf(join(ROOT, 'package-lock.json')) ?? {})) {
    // Packages for other platforms are optional and rightly absent.
    if (!path.includes('node_modules/') || wanted.optional || wanted.devOptional) continue;
    const same = wanted.link ? installed[path]?.link : installed[path]?.version === wanted.version;
    if (!same) return `${path.split('node_modules/').at(-1)} is missing or old`;
  }
  return null;
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

/** Builds what browsers get, where sources are not those it was built from. */
export function buildWhenNeeded() {
  build(({ folder, sources }) => {
    const stamp = stampOf(folder);
    return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashOf(sources);
  });
}

/** Builds the console and the tracker, or those that are wanted, and notes what they were built from. */
export function build(isWanted = (_part) => true) {
  for (const part of BUILT.filter(isWanted)) {
    console.error(`Building ${part.what} ...`);
    run(process.execPath, part.args);
    writeFileSync(stampOf(part.folder), hashOf(part.sources));
  }
}

const stampOf = (folder) => join(ROOT, folder, 'dist/.built-from');

function hashOf(sources) {
  const hash = createHash('sha256');
  for (const path of sources) {
    const whole = join(ROOT, path);
    if (!existsSync(whole)) continue;
    for (const file of filesUnder(whole)) hash.update(file).update('\n').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  if (/\.\w+$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((e) => (e.isDirectory() ? filesUnder(join(path, e.name)) : [join(path, e.name)]));
}

function run(command, args) {
  // On Windows npm is a script, which only a shell can start. What it prints is no result of ours: standard error.
  const { status } = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (status !== 0) process.exit(status ?? 1);
}
