import { CommanderError } from 'commander';
import { EXIT, Failure } from './failure.ts';
import { program } from './program.ts';
import { painted, remark } from './terminal.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of our output (head, less) has seen enough.
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says on standard error why a command did not succeed; answers its exit code. */
function report(error: unknown): number {
  // Commander has printed what was wrong (or the help that was asked for).
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (!(error instanceof Failure)) {
    remark(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.failed;
  }
  if (error.message) remark(painted('red', error.message, process.stderr));
  for (const [field, fault] of Object.entries(error.fields)) remark(`  ${field}: ${fault}`);
  return error.exitCode;
}
