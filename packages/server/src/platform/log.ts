import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Structured logs on standard error; fields that carry secrets or personal data are cut out wherever they stand. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      serializers: { err: withoutData },
      redact: {
        paths: [
          'password',
          '*.password',
          'email',
          '*.email',
          'phone',
          '*.phone',
          'to',
          '*.to',
          'req.headers.authorization',
          'req.headers.cookie',
          'secret',
          '*.secret',
        ],
        censor: '[hidden]',
      },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** Longest part of an error's message that is kept. */
const MESSAGE_CHARS = 160;

/**
 * An error as the log may have it. Stores quote the row they refuse, and rows are customers' data: of their messages only
 * the beginning is kept, up to the first quoted value, brace or bracket.
 */
export function withoutData(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code } = error as Error & { code?: unknown };
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message
      .split(/["'`{[(]/, 1)[0]!
      .slice(0, MESSAGE_CHARS)
      .trim(),
    stack: stack.slice(0, 8).join('\n'),
  };
}
