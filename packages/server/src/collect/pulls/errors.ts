import { AppError, messageOf } from '../../platform/errors.ts';

const problem = (code: string, status: number, detail: string, fields?: Record<string, string>) =>
  new AppError({ code: `pull.${code}`, status, detail, ...(fields ? { fields } : {}) });

/** What other servers say when something is wrong, and what it means. */
const MEANINGS: [RegExp, () => AppError][] = [
  [
    /password authentication failed|no password supplied|Access denied|role .* does not exist|SCRAM|no pg_hba\.conf entry/i,
    () =>
      problem(
        'refused',
        422,
        'The server refuses this user: name or password is wrong, or it may not come from here.',
      ),
  ],
  [
    /(database .* does not exist|Unknown database)/i,
    () =>
      problem('no_database', 422, 'The server has no database of this name.', { database: 'is not there' }),
  ],
  [
    /SSL|certificate|TLS/,
    () =>
      problem(
        'tls',
        422,
        'No encrypted connection as asked for could be made: look at the server’s certificate.',
      ),
  ],
  [
    /permission denied|command denied/i,
    () => problem('forbidden', 422, 'The user may not read this table; grant it SELECT.'),
  ],
  [
    /Connection refused|Can't connect|could not connect|timeout expired|No route|unreachable|ALL_CONNECTION_TRIES_FAILED|POSTGRESQL_CONNECTION_FAILURE/i,
    () => problem('unreachable', 422, 'The server does not answer at this host and port.'),
  ],
  [
    /statement timeout|ConnectionLost|lock timeout/i,
    () =>
      problem(
        'timeout',
        504,
        'The server took too long; an index on the cursor column and key makes it quick.',
      ),
  ],
  [
    /MEMORY_LIMIT|memory limit/i,
    () => problem('rows_too_big', 422, 'The rows are too big to be read: leave out columns with long texts.'),
  ],
  [
    /relation .* does not exist|column .* does not exist|UNKNOWN_TABLE|BadQuery|undefined_/i,
    () => problem('changed', 422, 'The table or a column is not as it was; look at the source’s settings.'),
  ],
];

/** What a fault of another server means to people; its own words are told as far as they hold no secret. */
export function meaningOf(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const said = messageOf(error);
  const known = MEANINGS.find(([words]) => words.test(said));
  return known ? known[1]() : problem('failed', 502, 'The other side answered with an error.');
}

/** Whether a fault is of rows that were too many or too big at once. */
export const isTooBig = (error: unknown) => meaningOf(error).code === 'pull.rows_too_big';

/** Whether a file was left because it is being written. */
export const isChanging = (error: unknown) =>
  error instanceof AppError && error.code === 'pull.file_changing';

export const secretMissing = () =>
  problem(
    'secret_missing',
    422,
    'Give the password or key: it is kept for the place it was given for only.',
    {
      secret: 'must be given',
    },
  );

export const noTable = (table: string) =>
  problem('no_table', 422, `There is no table "${table}" that this user may read.`, {
    table: 'is not there',
  });

export const noColumn = (column: string) =>
  problem('no_column', 422, `The table has no column "${column}" that can be read.`, {
    [column]: 'is not there',
  });

export const badCursor = (value: string) =>
  problem('bad_cursor', 422, `"${value}" is no value of the cursor column.`, {
    from: 'is no value of the cursor',
  });

export const noFolders = () =>
  problem('no_folder', 422, 'Folders of the server are read only below the one that QM_PULL_FOLDER names.');

export const noFolderHere = (workspace: string) =>
  problem(
    'no_folder_here',
    422,
    `There is no folder "${workspace}" below the one that QM_PULL_FOLDER names. A workspace reads only the folder of its id: have it made there and put its files into it.`,
  );

export const notOfKind = () =>
  problem('wrong_target', 422, 'Databases are read by tables, storage and folders by files.', {
    target: 'does not go with the connection',
  });

export const wholeOrders = () =>
  problem(
    'whole_orders',
    422,
    'Rows of a table come in any order: each must tell its own order number and time. Map one row as one line, or the items as a list.',
    { mapping: 'must read each row by itself' },
  );

export const noFiles = (pattern: string) =>
  problem('no_files', 422, `No file goes by "${pattern}".`, { pattern: 'matches no file' });

export const storage = (status: number, code: string) =>
  status === 403 || status === 401
    ? problem('refused', 422, `The storage refuses the key or the bucket (${code || status}).`)
    : problem('failed', 502, `The storage answered with ${code || status}.`);

export const fileTooBig = (path: string, megabytes: number) =>
  problem(
    'file_too_big',
    422,
    `"${path}" is larger than ${megabytes.toLocaleString('en')} MB; write smaller files.`,
  );

export const unreachable = () => problem('unreachable', 422, 'The storage does not answer at this address.');

export const fileChanging = (path: string) =>
  problem('file_changing', 409, `"${path}" is being written; it is read when it stays as it is.`);

export const tooManyFiles = (pattern: string) =>
  problem(
    'too_many_files',
    422,
    `"${pattern}" names more than 100,000 files; name fewer, by a longer path.`,
    {
      pattern: 'names too many files',
    },
  );

export const tooSlow = (limitMs: number) =>
  problem('timeout', 504, `The other side did not answer within ${Math.round(limitMs / 1000)} seconds.`);

export const paused = () => problem('paused', 409, 'The source is paused; resume it first.');
