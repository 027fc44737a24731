import { join } from 'node:path';
import { addDays, dayIn } from '@qianmian/contract';
import {
  createPlayer,
  createWorld,
  type Player,
  type SimMessage,
  type WorldOptions,
} from '@qianmian/simulator';
import type { Catalog } from '../catalog/index.ts';
import type { Collector } from '../collect/index.ts';
import { HOUR, type OffsetClock, SECOND } from '../platform/clock.ts';
import { AppError, messageOf } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { fillHistory } from './filling.ts';
import type { Mailbox } from './mailbox.ts';
import { type PriceCode, stimulusOf } from './reading-letters.ts';
import { readWorldState, type WorldState, writeWorldState } from './world-state.ts';

export const DEMO_WORKSPACE = 'demo';
const HISTORY_DAYS = 730;
const TIME_ZONE = 'Asia/Shanghai';
/** How often the world moves with the clock. */
const BEAT = 3 * SECOND;
/** How far the world moves at once when it is let run ahead. */
const STRIDE = 6 * HOUR;

/**
 * The simulated retailer, lived on: its clock runs with the real one and can be let run ahead; its people open the
 * letters that the product sends them, follow links and buy. It knows the product only from outside: it reads mail,
 * fetches addresses, and sends events as a shop's tracker does.
 */
export function openRetailer(parts: {
  folder: string;
  clock: OffsetClock;
  catalog: Catalog;
  collector: Collector;
  mailbox: Mailbox;
  priceCode: PriceCode;
  /** Fetches an address of the product, as a mail program did at a moment of the stretch that is played. */
  visit: (url: string, at: number) => Promise<void>;
  /** Called after the world was let run ahead, so that what is due by now is done before anyone looks. */
  settled: () => Promise<void>;
  log: Log;
}) {
  const { clock, collector, mailbox, log } = parts;
  const file = join(parts.folder, 'world.json');
  let state: WorldState | null = null;
  let player: Player | null = null;
  let busy: { what: 'filling' | 'advancing'; progress: number } | null = null;
  let timer: NodeJS.Timeout | null = null;
  /** One move of the world at a time. */
  let lane: Promise<void> = Promise.resolve();
  let closed = false;

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = lane.then(() => (closed ? undefined : work()));
    lane = done.catch((error) => log.error({ err: error }, 'the simulated retailer stumbled'));
    return done;
  }

  /** Plays the world up to a moment: letters are found, reactions happen, events are sent. */
  async function playTo(to: number): Promise<void> {
    if (!player || !state || state.playedTo === null || to <= state.playedTo) return;
    const letters = await mailbox.undelivered(5000);
    const stimuli = [];
    for (const l of letters) {
      const read = await mailbox.read(l.id);
      const receivedAt = Math.min(l.received_at.getTime(), to - 1);
      stimuli.push(
        await stimulusOf({ to: l.recipient, receivedAt, html: read.html, text: read.text }, parts.priceCode),
      );
    }
    const advance = player.advance(state.playedTo, to, stimuli);
    clock.moveTo(Math.max(clock.now(), to));
    for (const { url, atMs } of advance.reactions) await visit(url, Math.min(atMs, to));
    await send(advance.messages);
    state = { ...state, clockOffset: clock.offset, playedTo: to, play: player.state() };
    await writeWorldState(file, state);
    await mailbox.markDelivered(letters.map((l) => l.id));
  }

  async function visit(url: string, at: number): Promise<void> {
    await parts
      .visit(url, at)
      .catch((error) => log.warn({ err: messageOf(error) }, 'an address could not be fetched'));
  }

  async function send(messages: readonly SimMessage[]): Promise<void> {
    for (let i = 0; i < messages.length; i += 500)
      await collector.acceptMessages(DEMO_WORKSPACE, 'simulator', messages.slice(i, i + 500));
  }

  function beat(): void {
    timer = setTimeout(() => {
      void inTurn(() => playTo(clock.now()))
        .catch(() => {})
        .then(() => {
          if (!closed) beat();
        });
    }, BEAT);
    timer.unref();
  }

  return {
    /** The clock's lead over the real time, as it was left. */
    restoreClock: async (): Promise<boolean> => {
      state = await readWorldState(file);
      if (state) clock.moveTo(clock.now() + state.clockOffset);
      return state?.playedTo !== null && state !== null;
    },

    /** Fills in the history, when that is not done yet, and begins to live on. */
    async start(people: number, progress: (share: number) => void): Promise<void> {
      const today = dayIn(TIME_ZONE, clock.now());
      const options: Partial<WorldOptions> = {
        seed: 1,
        people,
        days: HISTORY_DAYS,
        start: addDays(today, -HISTORY_DAYS),
        timeZone: TIME_ZONE,
      };
      state ??= { options: createWorld(options).options, clockOffset: 0, playedTo: null, play: null };
      await writeWorldState(file, state);
      if (state.playedTo === null) {
        busy = { what: 'filling', progress: 0 };
        const play = await fillHistory(state.options, DEMO_WORKSPACE, {
          ...parts,
          filled: state.filled ?? 0,
          onFilled: async (filled) => {
            state = { ...state!, filled };
            await writeWorldState(file, state);
          },
          progress: (share) => {
            busy = { what: 'filling', progress: share };
            progress(share);
          },
        });
        const world = createWorld(state.options);
        state = { ...state, play, playedTo: world.calendar.startMs(HISTORY_DAYS) };
        await writeWorldState(file, state);
        busy = null;
      }
      player = createPlayer(createWorld(state.options), state.play ?? undefined);
      await inTurn(() => playTo(clock.now()));
      beat();
    },

    /** Lets hours pass at once; answers when the world has settled. */
    async advance(hours: number): Promise<void> {
      if (busy || !player)
        throw new AppError({
          code: 'demo.busy',
          status: 409,
          detail: 'The simulated retailer is busy; wait until it is done.',
        });
      busy = { what: 'advancing', progress: 0 };
      const from = clock.now();
      const to = from + hours * HOUR;
      void inTurn(async () => {
        for (let at = from; at < to; ) {
          at = Math.min(to, at + STRIDE);
          await playTo(at);
          busy = { what: 'advancing', progress: (at - from) / (to - from) };
        }
        await collector.drained();
        await parts.settled();
      })
        .catch(() => {})
        .finally(() => {
          busy = null;
        });
    },

    status: () => ({ busy, people: state?.options.people ?? 0 }),

    async close(): Promise<void> {
      closed = true;
      if (timer) clearTimeout(timer);
      await lane;
    },
  };
}
export type Retailer = ReturnType<typeof openRetailer>;
