import { playDay } from './day.ts';
import { mailErrand } from './mailing.ts';
import { type SimMessage, takeWritten } from './messages.ts';
import { openPlay, type Play, type PlayState, type Reaction, type Stimulus, stateOf } from './play.ts';
import type { TextTruth } from './reviews.ts';
import { reportStock, type StockChange } from './stock.ts';
import type { World } from './world.ts';

/** What happened in a stretch of live play. */
export interface Advance {
  /** In time order. */
  messages: SimMessage[];
  /** What mail programs and browsers fetch, in time order; some orders follow in the next days. */
  reactions: Reaction[];
  /** Shelves that changed. */
  stock: StockChange[];
  /** Truth: the person who caused each message. */
  people: Int32Array;
  /** Truth: what the reviews and complaints really say. */
  texts: TextTruth[];
}

/** Plays a world on, stretch by stretch, and lets its people answer what they are sent. */
export interface Player {
  /** Plays from one instant to another; stretches must follow each other. */
  advance(fromMs: number, toMs: number, stimuli?: readonly Stimulus[]): Advance;
  /** All that is needed to go on later, as plain JSON. */
  state(): PlayState;
}

/** A player of a world; with a state (its own, or the one history returns) it goes on from there. */
export function createPlayer(world: World, state?: PlayState): Player {
  const play = openPlay(world, state);
  return {
    advance(fromMs, toMs, stimuli = []) {
      for (const stimulus of stimuli) {
        const errand = mailErrand(play, stimulus, fromMs);
        if (errand) play.agenda.add(errand);
      }
      playStretch(play, fromMs, toMs);
      return report(play, toMs);
    },
    state: () => stateOf(play),
  };
}

function playStretch(play: Play, fromMs: number, toMs: number): void {
  const { calendar } = play.world;
  for (let day = calendar.dayAt(fromMs); calendar.startMs(day) < toMs; day++) {
    playDay(play, day, Math.max(fromMs, calendar.startMs(day)), Math.min(toMs, calendar.startMs(day + 1)));
  }
}

function report(play: Play, toMs: number): Advance {
  const { reactions, texts } = play;
  const written = takeWritten(play.out, toMs);
  play.reactions = [];
  play.texts = [];
  return {
    messages: written.map(({ message }) => message),
    people: Int32Array.from(written, ({ person }) => person),
    reactions,
    texts,
    stock: reportStock(play.world, play.stock),
  };
}
