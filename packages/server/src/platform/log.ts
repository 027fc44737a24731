import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Structured logs on standard error; fields that carry secrets or personal data are cut out wherever they stand. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
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
