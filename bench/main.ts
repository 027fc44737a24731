import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Figures } from './benchmark.ts';
import { collectEvents } from './collect-events.ts';
import { collectImport } from './collect-import.ts';
import { collectSteps } from './collect-steps.ts';
import { faultsFuzz } from './faults-fuzz.ts';
import { faultsKill } from './faults-kill.ts';
import { identityResolution } from './identity-resolution.ts';
import { insightInterval } from './insight-interval.ts';
import { platformStart } from './platform-start.ts';
import { profileRfm } from './profile-rfm.ts';
import { segmentPreview } from './segment-preview.ts';

// npm run bench -- [--json] [--large] [domain...]: figures as a table on standard error and, asked for, as one JSON object
// on standard output whose keys are <domain>.<figure>. Large runs take an hour.

const ALL: Benchmark[] = [
  platformStart,
  collectEvents,
  collectImport,
  collectSteps,
  identityResolution,
  profileRfm,
  segmentPreview,
  insightInterval,
  faultsKill,
  faultsFuzz,
];

const OPTIONS = ['--json', '--large'];
const words = process.argv.slice(2);
const chosen = words.filter((w) => !w.startsWith('-'));
const domains = [...new Set(ALL.map((b) => b.domain))];
const unknown = [
  ...chosen.filter((d) => !domains.includes(d)),
  ...words.filter((w) => w.startsWith('-') && !OPTIONS.includes(w)),
];
const say = (line: string) => process.stderr.write(`${line}\n`);

if (unknown.length > 0) {
  say(`There is no "${unknown[0]}": npm run bench -- [--json] [--large] [${domains.join('|')}]...`);
  process.exit(2);
}

const figures: Figures = {};
for (const benchmark of ALL.filter((b) => chosen.length === 0 || chosen.includes(b.domain))) {
  const name = `${benchmark.domain}.${benchmark.name}`;
  say(`${name} ...`);
  const folder = await mkdtemp(join(tmpdir(), 'qianmian-bench-'));
  try {
    const measured = await benchmark.run({
      folder,
      say: (remark) => say(`  ${remark}`),
      isLarge: words.includes('--large'),
    });
    for (const [figure, value] of Object.entries(measured))
      figures[`${benchmark.domain}.${figure}`] = round(value);
  } catch (error) {
    say(`  failed: ${(error as Error).message}`);
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
say('');
for (const [name, value] of Object.entries(figures))
  say(`${name.padEnd(46)} ${value.toLocaleString('en').padStart(12)}`);
if (words.includes('--json')) process.stdout.write(`${JSON.stringify(figures)}\n`);

/** Ratios keep three digits; everything else is whole already. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
