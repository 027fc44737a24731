import type { Clock } from './clock.ts';
import type { Lock } from './lock.ts';
import type { TellProblem } from './problem.ts';
import type { Batch, Queue, QueueLimits } from './queue.ts';
import type { Store } from './store.ts';
import { type Answer, type Transport, verdictOn } from './transport.ts';

/** Takes messages from the queue to the server: in batches, one tab at a time, again and again until acknowledged. */

/** Longer than a request may take: then others may try the same messages. */
const CLAIM_MS = 40_000;
/** The page that comes next leaves what the last one sent on its way out alone for so long. */
const LEAVING_CLAIM_MS = 10_000;
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 300_000;
/** A look at the queue where no event says that the network is back. */
const OFFLINE_LOOK = 30_000;
/** Bytes of a body beside its messages. */
const ENVELOPE = 300;
const PAUSE = 'pause';

interface Pause {
  until: number;
  failures: number;
}

export function openDelivery(parts: {
  queue: Queue;
  store: Store;
  clock: Clock;
  lock: Lock;
  transport: Transport;
  writeKey: string;
  batch: QueueLimits;
  flushAfterMs: number;
  /** Whether anything may be sent at all. */
  allowed: () => boolean;
  online: () => boolean;
  problem: TellProblem;
}) {
  const { queue, store, clock, transport } = parts;
  let most = parts.batch.messages;
  let stopped = false;
  let networkFailed = false;
  let running: Promise<void> | null = null;
  /** Messages of this tab since it last looked. */
  let fresh = 0;
  let timer: { at: number; cancel: () => void } | null = null;

  /** All tabs keep the same pause: a server that asked for rest is not asked by the next tab, or page. */
  function pause(): Pause {
    const [until = 0, failures = 0] = (store.get(PAUSE) ?? '').split(',').map(Number);
    return until > clock.now() && until <= clock.now() + 2 * 3_600_000
      ? { until, failures }
      : { until: 0, failures: failures || 0 };
  }

  const pausedMs = () => Math.max(0, pause().until - clock.now());

  function rest(answer: Answer): void {
    const before = pause();
    const failures = Math.min(before.failures + 1, 20);
    const backOff = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (failures - 1));
    const chance = clock.random();
    // Never earlier than the server asked for; otherwise spread, so that not all shoppers come back at once.
    const ms = answer.retryAfterMs
      ? answer.retryAfterMs + chance * Math.min(answer.retryAfterMs * 0.2, 5_000)
      : backOff * (0.5 + chance / 2);
    networkFailed = answer.status === 0;
    const until = Math.max(before.until, Math.ceil(clock.now() + ms));
    store.set(PAUSE, `${until},${failures}`);
  }

  function bodyOf(batch: Batch): string {
    const sentAt = new Date(clock.now()).toISOString();
    return `{"writeKey":${JSON.stringify(parts.writeKey)},"sentAt":"${sentAt}","batch":[${batch.messages.join(',')}]}`;
  }

  /** Acts on an answer; only what the server acknowledged, or refused for good, leaves the queue. */
  function settle(batch: Batch, answer: Answer): void {
    const verdict = verdictOn(answer);
    if (verdict === 'unknown') return;
    const { status } = answer;
    const tooLarge = verdict === 'smaller' && batch.keys.length === 1;
    if (verdict === 'done' || verdict === 'never' || tooLarge) queue.remove(batch.keys);
    queue.release(batch);
    if (verdict === 'done') {
      most = Math.min(parts.batch.messages, most * 2);
      // What was sent before the server asked for rest does not end the rest.
      if (pausedMs() === 0) store.remove(PAUSE);
    } else if (verdict === 'later') rest(answer);
    else if (verdict === 'stop') {
      stopped = true;
      parts.problem({ code: 'not_accepted', lost: 0, status });
    } else if (verdict === 'never') parts.problem({ code: 'refused', lost: batch.keys.length, status });
    else if (tooLarge) parts.problem({ code: 'too_large', lost: 1, status });
    else most = Math.max(1, Math.floor(batch.keys.length / 2));
  }

  const send = async (batch: Batch, leaving: boolean) =>
    settle(batch, await transport.send(bodyOf(batch), batch.bytes + ENVELOPE, leaving));

  const mayRun = () => !stopped && parts.allowed();

  async function drain(): Promise<void> {
    while (mayRun() && parts.online() && pausedMs() === 0) {
      const batch = queue.take({ messages: most, bytes: parts.batch.bytes }, CLAIM_MS);
      if (!batch) return;
      await send(batch, false);
    }
  }

  function wakeIn(ms: number): void {
    const at = clock.now() + ms;
    if (timer && timer.at <= at) return;
    timer?.cancel();
    const cancel = clock.after(ms, () => {
      timer = null;
      void flush();
    });
    timer = { at, cancel };
  }

  /** Looks again when there is reason to. */
  function planNext(soonestMs = 0): void {
    const ready = mayRun() ? queue.readyIn() : null;
    if (ready === null) return;
    wakeIn(Math.max(ready, pausedMs(), soonestMs, parts.online() ? 0 : OFFLINE_LOOK));
  }

  /** Sends what there is, after whoever is sending now; resolves when nothing more can be sent for the moment. */
  function flush(): Promise<void> {
    fresh = 0;
    if (running) return running;
    if (!mayRun() || !parts.online() || pausedMs() > 0 || queue.readyIn() !== 0) {
      planNext();
      return Promise.resolve();
    }
    const over = (soonestMs: number) => {
      running = null;
      planNext(soonestMs);
    };
    running = parts.lock(drain).then(
      () => over(0),
      () => over(SHORTEST_PAUSE),
    );
    return running;
  }

  return {
    flush,

    /** What earlier pages left is sent soon, whether or not there is anything new. */
    resume: () => planNext(Math.min(parts.flushAfterMs, SHORTEST_PAUSE)),

    /** Sends soon: after the interval, or now when a batch is full. */
    soon(): void {
      fresh += 1;
      if (fresh >= most) void flush();
      else if (mayRun()) wakeIn(parts.flushAfterMs);
    },

    /** Sends what this tab still has in a way that outlives it; without waiting, as there may be no later. */
    leave(): void {
      if (!mayRun() || !parts.online() || pausedMs() > 0) return;
      const bytes = transport.room() - ENVELOPE;
      const batch = queue.take({ messages: most, bytes, ofThisTab: true }, LEAVING_CLAIM_MS);
      if (batch) void send(batch, true).then(() => planNext());
    },

    /** The network is back: what failed for want of it is tried now. */
    reconnected(): void {
      if (networkFailed) store.remove(PAUSE);
      void flush();
    },
  };
}
export type Delivery = ReturnType<typeof openDelivery>;
