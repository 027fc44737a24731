import type { Clock } from './clock.ts';
import { type Lock, leaseLock } from './lock.ts';
import type { TrackerProblem } from './problem.ts';
import { memoryStore, type Store } from './store.ts';
import { openTracker, type Tracker, type TrackerOptions } from './tracker.ts';
import type { Answer } from './transport.ts';

/** A message as the server gets it. */
export interface Sent {
  type: string;
  messageId: string;
  timestamp: string;
  anonymousId: string;
  userId?: string;
  event?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: Record<string, unknown> & { sessionId: number; sessionStart?: boolean };
}

/** What the server does with a request. */
export interface Fate {
  status: number;
  /** The server took the messages though the answer does not tell. */
  taken?: boolean;
  retryAfterMs?: number;
  afterMs?: number;
}

export const TAKEN: Fate = { status: 200, taken: true, afterMs: 20 };

/** One device: its time, its storage, its tabs, and the server they talk to. */
export class TestWorld {
  now = Date.UTC(2026, 5, 1, 4);
  readonly store: Store = memoryStore();
  readonly requests: { at: number; messages: Sent[]; leaving: boolean }[] = [];
  readonly taken: Sent[] = [];
  readonly problems: TrackerProblem[] = [];
  online = true;
  cookie: string | null = null;
  /** What happens to the next requests; TAKEN when there is none left. */
  fates: Fate[] = [];
  fateOf: (messages: Sent[]) => Fate = () => this.fates.shift() ?? TAKEN;
  #timers: { at: number; what: () => void; alive: () => boolean }[] = [];
  #waiting: { alive: () => boolean; start: () => void }[] = [];
  #holder: (() => boolean) | null = null;
  #seed: number;
  readonly #locks: 'web' | 'lease';

  constructor({ seed = 1, locks = 'web' as 'web' | 'lease' } = {}) {
    this.#seed = seed;
    this.#locks = locks;
  }

  /** Opens the shop in a tab. */
  open(
    options: Partial<TrackerOptions> & { signal?: boolean; memory?: boolean; channel?: string } = {},
  ): Tab {
    let isOpen = true;
    const alive = () => isOpen;
    const clock: Clock = {
      now: () => this.now,
      random: () => this.#random(),
      after: (ms, what) => {
        const timer = { at: this.now + Math.max(0, ms), what, alive };
        this.#timers.push(timer);
        return () => {
          timer.what = () => {};
        };
      },
    };
    const { tracker, leave, reconnected } = openTracker(
      {
        clock,
        durable: options.memory ? memoryStore() : this.store,
        sharedId: {
          get: () => this.cookie,
          set: (id) => {
            this.cookie = id;
          },
          remove: () => {
            this.cookie = null;
          },
        },
        lock: (store, tab) => (this.#locks === 'web' ? this.#webLock(alive) : leaseLock(store, tab, clock)),
        transport: () => ({
          room: () => 60_000,
          send: (body, _bytes, leaving) => this.#receive(body, leaving, alive),
        }),
        online: () => this.online,
        context: () => ({ page: { path: '/' } }),
        campaign: () => null,
        channel: options.channel ?? 'web',
        refusedBySignal: options.signal ?? false,
      },
      {
        writeKey: 'qmw_test_key',
        url: 'https://events.example',
        onProblem: (problem) => this.problems.push(problem),
        ...options,
      },
    );
    const close = async () => {
      await settled();
      isOpen = false;
      if (this.#holder === alive) this.#pass();
    };
    return {
      tracker,
      leave,
      reconnected,
      crash: close,
      async close() {
        leave();
        await close();
      },
    };
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    for (;;) {
      await settled();
      const [next] = this.#timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.now = Math.max(this.now, next.at);
      if (next.alive()) next.what();
    }
    this.now = until;
  }

  /** Names of events that the server took, in order, each once. */
  events(): string[] {
    const seen = new Set<string>();
    return this.taken
      .filter((m) => !seen.has(m.messageId) && seen.add(m.messageId))
      .map((m) => m.event ?? m.type);
  }

  /** How often the server was handed a message it had taken before. */
  twice(): number {
    return this.taken.length - new Set(this.taken.map((m) => m.messageId)).size;
  }

  #receive(body: string, leaving: boolean, alive: () => boolean): Promise<Answer> {
    const { batch } = JSON.parse(body) as { batch: Sent[] };
    this.requests.push({ at: this.now, messages: batch, leaving });
    const fate = this.online ? this.fateOf(batch) : { status: 0 };
    if (fate.taken) this.taken.push(...batch);
    return new Promise((resolve) => {
      this.#timers.push({
        at: this.now + (fate.afterMs ?? 20),
        what: () => resolve({ status: fate.status, retryAfterMs: fate.retryAfterMs }),
        alive,
      });
    });
  }

  /** Granted one after the other; a tab that is closed lets go. */
  #webLock(alive: () => boolean): Lock {
    return (work) =>
      new Promise<void>((resolve, reject) => {
        this.#waiting.push({
          alive,
          start: () => {
            this.#holder = alive;
            void work()
              .then(resolve, reject)
              .finally(() => alive() && this.#pass());
          },
        });
        if (this.#holder === null) this.#pass();
      });
  }

  #pass(): void {
    this.#holder = null;
    const next = this.#waiting.shift();
    if (next?.alive()) next.start();
    else if (next) this.#pass();
  }

  /** mulberry32 */
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}

export interface Tab {
  tracker: Tracker;
  leave(): void;
  reconnected(): void;
  /** The tab is gone without a word. */
  crash(): Promise<void>;
  /** Somebody closes the tab: it can take leave. */
  close(): Promise<void>;
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
