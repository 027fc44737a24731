import { type Agenda, createAgenda } from './agenda.ts';
import { type Chooser, createChooser, type Line } from './basket.ts';
import type { Channel } from './demand.ts';
import type { Fields, Who, Written } from './messages.ts';
import type { TextTruth } from './reviews.ts';
import { Rng } from './rng.ts';
import { openStock, type Stock } from './stock.ts';
import type { Touch } from './touches.ts';
import type { World } from './world.ts';

/** What a visit is for: the day's own purpose, an order that a message brought about, or a click in a message. */
export type VisitPurpose = 'order' | 'browse' | 'boost' | 'click';

/** An order as those who come back about it remember it. */
export interface Receipt {
  orderId: string;
  channel: Channel;
  store: number | null;
  who: Who;
  context: Fields;
  lines: Line[];
}

/** A message that the retailer sends to one person. */
export interface Stimulus {
  kind: 'email';
  toEmail: string;
  atMs: number;
  campaignId?: string;
  couponCode?: string;
  discountPercent?: number;
  /** Address of the picture that tells that the mail was opened. */
  openUrl?: string;
  linkUrls?: string[];
}

/** What a mail program or browser fetches when a person reacts. */
export interface Reaction {
  atMs: number;
  kind: 'open' | 'click';
  url: string;
}

type At = { atMs: number; person: number };

/** Something that will happen to a person; plain data, so that it can wait in a file. */
export type Errand =
  | (At & { kind: 'visit'; day: number; purpose: VisitPurpose; channel: Channel; campaignId?: string })
  | (At & { kind: 'enrol'; day: number })
  | (At & { kind: 'withdraw'; day: number })
  | (At & { kind: 'refund'; receipt: Receipt })
  | (At & { kind: 'review'; receipt: Receipt })
  | (At & { kind: 'complaint'; receipt: Receipt })
  | (At & { kind: 'mail'; stimulus: Stimulus; past?: boolean })
  | (At & { kind: 'open'; stimulus: Stimulus; past?: boolean })
  | (At & { kind: 'click'; stimulus: Stimulus; past?: boolean });

/** A world in motion: what is on the shelves, what is to come, whom messages move, and what was written. */
export interface Play {
  world: World;
  stock: Stock;
  agenda: Agenda<Errand>;
  touches: Map<number, Touch[]>;
  out: Written[];
  texts: TextTruth[];
  reactions: Reaction[];
  chooser: Chooser;
  rng: Rng;
  /** People whose boosted visit of the current stretch is already planned. */
  boostPlanned: Set<number>;
}

/** A play at its beginning. */
export function openPlay(world: World, errands: readonly Errand[] = []): Play {
  return {
    world,
    stock: openStock(world),
    agenda: createAgenda(errands),
    touches: new Map(),
    out: [],
    texts: [],
    reactions: [],
    chooser: createChooser(world),
    rng: new Rng(),
    boostPlanned: new Set(),
  };
}

/** The beginning of the ids of all messages of one happening. */
export function messagePrefix(play: Play, person: number, day: number, letter: string): string {
  return `${play.world.options.seed.toString(36)}-${(day + 1000).toString(36)}-${person.toString(36)}${letter}`;
}
