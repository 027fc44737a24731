/** An expected failure: stable code, HTTP status, a sentence that names the rule and the bad value. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  /** Faults by field path, e.g. { 'window.days': 'must be between 1 and 3650' }. */
  readonly fields: Record<string, string> | undefined;

  constructor(problem: { code: string; status: number; detail: string; fields?: Record<string, string> }) {
    super(problem.detail);
    this.name = 'AppError';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.fields = problem.fields;
  }
}

/** A refusal that knows when it is over; the answer says so in `Retry-After`. */
export class TryLater extends AppError {
  readonly seconds: number;
  constructor(problem: ConstructorParameters<typeof AppError>[0], seconds: number) {
    super(problem);
    this.seconds = seconds;
  }
}

/** A thing asked for by id that this workspace does not have. */
export function notFound(what: string, id: string | number): AppError {
  return new AppError({
    code: `${what}.not_found`,
    status: 404,
    detail: `There is no ${what} "${id}" in this workspace.`,
  });
}

/** The text of anything thrown, for logs and job records. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
