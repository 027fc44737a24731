/** How a command ends, for the scripts that call it. */
export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;

/** An expected end that is not success: one sentence for people, an exit code for scripts. */
export class Failure extends Error {
  readonly exitCode: number;
  /** Faults by field, as the server named them. */
  readonly fields: Record<string, string>;

  constructor(sentence: string, exitCode: number = EXIT.failed, fields: Record<string, string> = {}) {
    super(sentence);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.fields = fields;
  }
}
