// `npm test`: everything that is checked, as the very first command after a clone. Ends with "N passed, N failed".
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { postgresPrograms, startPostgres } from './postgres.mjs';
import { buildWhenNeeded, installWhenNeeded, ROOT } from './prepare.mjs';

/** What also runs on a served ledger, without what is only about large numbers. */
const ON_POSTGRES = [
  'promotion/',
  'governance/',
  'platform/jobs',
  'platform/ledger',
  'campaign/campaign',
  'app',
].map((path) => `packages/server/src/${path}`);
const NOT_OF_THOUSANDS = '^(?!.* thousand )';

installWhenNeeded();
const reports = mkdtempSync(join(tmpdir(), 'qianmian-test-report-'));
const bin = (name) => join(ROOT, 'node_modules', name);

/** @type {{ what: string, passed: number, failed: number, seconds: number }[]} */
const results = [];
/** Where and why each test failed: told once more at the end, where it is read. @type {string[]} */
const failures = [];

const types = (folder) => [bin('typescript/bin/tsc'), '-p', join(folder, 'tsconfig.json'), '--noEmit'];
await Promise.all([
  check('types', types('.')),
  check('types of the console', types('packages/console')),
  check('types of the sdk', types('packages/sdk')),
  check('lint', [bin('@biomejs/biome/bin/biome'), 'check', '--diagnostic-level=warn', '.']),
]);
await vitest('tests', []);
await testsOnPostgres();
await journeys();

rmSync(reports, { recursive: true, force: true });
if (failures.length > 0) console.log(`\n== failed\n${failures.slice(0, 20).join('\n')}`);
const total = (key) => results.reduce((sum, r) => sum + r[key], 0);
console.log('');
for (const r of results)
  console.log(
    `${r.what.padEnd(22)} ${String(r.passed).padStart(5)} passed ${String(r.failed).padStart(3)} failed ${r.seconds.toFixed(0).padStart(4)} s`,
  );
process.exitCode = total('failed') === 0 ? 0 : 1;
console.log(`${total('passed')} passed, ${total('failed')} failed`);

/** One command that is right or wrong as a whole. */
async function check(what, args) {
  const { ok, seconds } = await run(what, args);
  if (!ok) failures.push(`${what}: see above`);
  results.push({ what, passed: ok ? 1 : 0, failed: ok ? 0 : 1, seconds });
}

async function vitest(what, args, env = {}) {
  const report = join(reports, `${results.length}.json`);
  const { ok, seconds } = await run(
    what,
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    env,
  );
  const { passed, failed } = countsIn(report);
  // A run may fail beside its tests: a file that cannot be loaded, an error nobody caught, a crash.
  if (failed === 0 && !ok) failures.push(`${what}: failed beside its tests, see above`);
  results.push({ what, passed, failed: failed === 0 && !ok ? 1 : failed, seconds });
}

function countsIn(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const unloadable = testResults.filter((f) => f.status === 'failed' && f.assertionResults.length === 0);
  for (const file of unloadable) failures.push(failure(file.name, 'could not be loaded', file.message));
  for (const file of testResults)
    for (const test of file.assertionResults)
      if (test.status === 'failed')
        failures.push(failure(file.name, test.fullName, (test.failureMessages ?? []).join('\n')));
  return { passed: numPassedTests, failed: numFailedTests + unloadable.length };
}

function failure(file, test, message) {
  return `${relative(ROOT, file)}: ${test}\n    ${String(message).slice(0, 1200).replaceAll('\n', '\n    ')}`;
}

/** What leans most on the ledger, on a served one; where there is no PostgreSQL it is left out, but not in CI. */
async function testsOnPostgres() {
  const what = 'tests on PostgreSQL';
  const programs = postgresPrograms();
  if (!programs) return leaveOut(what, 'no PostgreSQL found (initdb and pg_ctl).');
  const postgres = await startPostgres(programs).catch((error) => {
    leaveOut(what, error.message);
  });
  if (!postgres) return;
  try {
    await vitest(what, ['--testNamePattern', NOT_OF_THOUSANDS, ...ON_POSTGRES], {
      TEST_LEDGER_URL: postgres.url,
    });
  } finally {
    await postgres.stop();
  }
}

function leaveOut(what, why) {
  console.log(`\n${what}: left out, ${why}`);
  if (process.env.CI) results.push({ what, passed: 0, failed: 1, seconds: 0 });
}

/** Journeys in a real browser; where there is none they are left out, but not in CI. */
async function journeys() {
  const what = 'journeys in a browser';
  const folder = join(ROOT, 'e2e');
  if (!readdirSync(folder).some((name) => /\.test\.ts$/.test(name))) return;
  if (!chromium()) return leaveOut(what, 'no Chromium found (set CHROMIUM to its path).');
  buildWhenNeeded();
  await vitest(what, ['--config', 'e2e/vitest.config.ts']);
}

function chromium() {
  if (process.env.CHROMIUM) return existsSync(process.env.CHROMIUM);
  const folders = (process.env.PATH ?? '').split(':');
  return ['chromium', 'chromium-browser', 'google-chrome'].some((name) =>
    folders.some((folder) => existsSync(join(folder, name))),
  );
}

async function run(what, args, env = {}) {
  console.log(`\n== ${what}`);
  const began = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [status] = await once(child, 'exit');
  return { ok: status === 0, seconds: (Date.now() - began) / 1000 };
}
