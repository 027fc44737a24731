import { AsyncLocalStorage } from 'node:async_hooks';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DatabaseConnection, Driver, QueryResult, TransactionSettings } from 'kysely';
import { CompiledQuery } from 'kysely';

interface Answer {
  id: number;
  rows?: unknown[];
  affected?: number;
  error?: { message: string; code?: string; detail?: string; constraint?: string };
}

/** A fault reported by Postgres, with its SQLSTATE as `code`, in the same form as the `pg` client's. */
export class LedgerError extends Error {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  constructor(fault: { message: string; code?: string; detail?: string; constraint?: string }) {
    super(fault.message);
    this.name = 'LedgerError';
    this.code = fault.code;
    this.detail = fault.detail;
    this.constraint = fault.constraint;
  }
}

/** PGlite in a thread of its own, spoken to by messages. */
export class PgliteThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (a: Answer) => void; reject: (e: Error) => void }>();
  readonly #died: (error: Error) => void;
  #next = 1;
  #state: 'opening' | 'open' | 'closing' = 'opening';
  #dead: Error | null = null;

  private constructor(worker: Worker, died: (error: Error) => void) {
    this.#worker = worker;
    this.#died = died;
    worker.on('message', (answer: Answer) => {
      const waiter = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error) waiter?.reject(new LedgerError(answer.error));
      else waiter?.resolve(answer);
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('The ledger was closed.')));
  }

  /** Opens the database in a folder; `died` hears of a thread that ends while it is needed. */
  static async open(folder: string, died: (error: Error) => void): Promise<PgliteThread> {
    const isNew = !existsSync(join(folder, 'PG_VERSION'));
    if (isNew) await mkdir(folder, { recursive: true });
    const worker = new Worker(new URL('./ledger-worker.mjs', import.meta.url), {
      workerData: { folder, isNew, template: templateFile() },
      execArgv: [],
    });
    return PgliteThread.over(worker, died);
  }

  /** Speaks to a thread that was started already. */
  static async over(worker: Worker, died: (error: Error) => void): Promise<PgliteThread> {
    const thread = new PgliteThread(worker, died);
    await thread.#answerOf(0);
    thread.#state = 'open';
    return thread;
  }

  query(sql: string, params: readonly unknown[] = []): Promise<Answer> {
    return this.#ask('query', sql, params);
  }

  /** Runs several statements at once. */
  async script(sql: string): Promise<void> {
    await this.#ask('script', sql, []);
  }

  async close(): Promise<void> {
    if (this.#dead) return;
    this.#state = 'closing';
    await this.#ask('close', '', []);
  }

  #ask(op: string, sql: string, params: readonly unknown[]): Promise<Answer> {
    if (this.#dead) return Promise.reject(this.#dead);
    const id = this.#next++;
    const answer = this.#answerOf(id);
    this.#worker.postMessage({ id, op, sql, params });
    return answer;
  }

  #answerOf(id: number): Promise<Answer> {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #fail(error: Error): void {
    if (this.#dead) return;
    this.#dead = error;
    for (const waiter of this.#waiting.values()) waiter.reject(error);
    this.#waiting.clear();
    if (this.#state === 'open') this.#died(error);
  }
}

/** Where the freshly made, empty database is kept: initdb takes seconds, copying one does not. */
function templateFile(): string {
  const here = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const modules = here.slice(0, here.lastIndexOf('node_modules') + 'node_modules'.length);
  const version = dirname(dirname(here)).replace(/\W+/g, '_').slice(-20);
  return join(modules, '.cache', 'qianmian', `ledger-template-${version}.tar.gz`);
}

/** Marks what runs inside a transaction, as long as that is open. */
const inTransaction = new AsyncLocalStorage<{ open: boolean }>();

/** Starts work that the transaction under way does not wait for, such as a timer. */
export function outsideTransaction<T>(work: () => T): T {
  return inTransaction.exit(work);
}

/** Kysely's driver over one PGlite: one connection, handed to one user at a time, so that transactions are real. */
export class PgliteDriver implements Driver {
  readonly #thread: PgliteThread;
  #tail: Promise<void> = Promise.resolve();
  readonly #release = new WeakMap<DatabaseConnection, () => void>();
  readonly #marks = new WeakMap<DatabaseConnection, { open: boolean }>();

  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    // It would wait for the transaction, and the transaction for it: for ever.
    if (inTransaction.getStore()?.open)
      throw new Error('Inside a transaction the ledger was used without it: pass the transaction on.');
    const before = this.#tail;
    let free: () => void = () => {};
    this.#tail = new Promise((resolve) => {
      free = resolve;
    });
    await before;
    const connection = new PgliteConnection(this.#thread);
    this.#release.set(connection, free);
    return connection;
  }

  async beginTransaction(connection: DatabaseConnection, _settings: TransactionSettings): Promise<void> {
    const mark = { open: true };
    this.#marks.set(connection, mark);
    // Before anything is awaited: so the mark stands in the caller's context, where the transaction's body runs.
    inTransaction.enterWith(mark);
    await connection.executeQuery(CompiledQuery.raw('begin'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const mark = this.#marks.get(connection);
    if (mark) mark.open = false;
    this.#release.get(connection)?.();
  }

  async destroy(): Promise<void> {
    await this.#thread.close();
  }
}

class PgliteConnection implements DatabaseConnection {
  readonly #thread: PgliteThread;
  constructor(thread: PgliteThread) {
    this.#thread = thread;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const answer = await this.#thread.query(query.sql, query.parameters);
    return { rows: (answer.rows ?? []) as R[], numAffectedRows: BigInt(answer.affected ?? 0) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('The ledger does not stream: ask for pages.');
  }
}
