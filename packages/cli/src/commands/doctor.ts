import type { Command } from 'commander';
import { CHECKS, type Finding } from '../checks.ts';
import { Failure } from '../failure.ts';
import type { Everywhere } from '../session.ts';
import { painted, say, sayJson } from '../terminal.ts';

const MARKS = {
  good: () => painted('green', 'ok  '),
  warning: () => painted('yellow', 'warn'),
  bad: () => painted('red', 'bad '),
} as const;

/** `doctor`: is everything in place, and what to do where it is not. */
export function addDoctor(root: Command): void {
  const doctor = root.command('doctor').description('Check this installation and say what to do');
  doctor.action(async () => {
    const options = doctor.optsWithGlobals<Everywhere>();
    const findings: Finding[] = [];
    for (const check of CHECKS) {
      const finding = await check(options);
      findings.push(finding);
      if (!options.json) tell(finding);
    }
    if (options.json) sayJson({ healthy: findings.every((f) => f.state !== 'bad'), checks: findings });
    if (findings.some((f) => f.state === 'bad')) throw new Failure('');
  });
}

function tell({ state, what, found, todo }: Finding): void {
  say(`${MARKS[state]()}  ${what}: ${found}`);
  if (todo) say(`      ${todo}`);
}
