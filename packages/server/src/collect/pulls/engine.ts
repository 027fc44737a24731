import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../platform/errors.ts';
import { tooSlow } from './errors.ts';

const PROGRAM = fileURLToPath(new URL('./engine-process.mjs', import.meta.url));
/** Loading the engine takes half a second; on a machine that is busy, much longer. */
const START_MS = 60_000;

/** A row as the other database gives it: every cell as text. */
export type TextRow = (string | null)[];

type Answer = { id: number; text?: string; error?: string };

/** What went wrong inside the engine, in its words; the asker knows what they mean. */
export class EngineFault extends Error {}

/**
 * The warehouse's engine in a process of its own, for one connection to a database elsewhere. Its client libraries cannot
 * be told to give up, so a server that falls silent would keep a thread of ours for ever, and what a strange server sends
 * is parsed there: this process ends it instead, and loses nothing. What it is told is never logged, here or there.
 */
export async function startEngine(env: Record<string, string>) {
  let child: ChildProcess | null = fork(PROGRAM, [], {
    env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  const ended = () => {
    child = null;
    for (const [id, tell] of waiting) tell({ id, error: 'The engine ended.' });
  };
  child.once('exit', ended);
  child.once('error', ended);

  function stop(): void {
    child?.kill('SIGKILL');
  }

  /** The answer to a question; when it does not come in time the process is ended. */
  function answerTo(id: number, limitMs: number, signal?: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown) => {
        reject(error);
        stop();
      };
      const timer = setTimeout(() => giveUp(tooSlow(limitMs)), limitMs);
      const aborted = () => giveUp(signal!.reason);
      signal?.addEventListener('abort', aborted, { once: true });
      waiting.set(id, (answer) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        waiting.delete(id);
        resolve(answer);
      });
      if (signal?.aborted) aborted();
    });
  }

  try {
    const { error } = await answerTo(0, START_MS);
    if (error !== undefined) throw noEngine();
  } catch (error) {
    stop();
    throw error;
  }

  return {
    stop,

    /** The rows of a statement, every cell as text. */
    async rows(
      sql: string,
      params: Record<string, string>,
      { limitMs, signal }: { limitMs: number; signal?: AbortSignal | undefined },
    ): Promise<TextRow[]> {
      last += 1;
      const id = last;
      const answer = answerTo(id, limitMs, signal);
      if (!child) waiting.get(id)?.({ id, error: 'The engine ended.' });
      else child.send({ id, sql, params });
      const { text, error } = await answer;
      if (error !== undefined) throw new EngineFault(error);
      return (text ?? '').split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as TextRow]));
    },
  };
}

/** Whether the engine is installed: where the warehouse is a server it need not be. */
export function hasEngine(): boolean {
  try {
    createRequire(import.meta.url).resolve('chdb');
    return true;
  } catch {
    return false;
  }
}

const noEngine = () =>
  new AppError({
    code: 'pull.no_engine',
    status: 503,
    detail: 'Databases are read by the embedded engine, which cannot be started on this machine.',
  });
