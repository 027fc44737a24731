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
type VisitPurpose = 'order' | 'browse' | 'boost' | 'click';

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

type At = { atMs: number; person: number; tie?: string };

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

/** A play as plain JSON, so that it can be put away and taken up again. */
export interface PlayState {
  /** Units that shelves are above (negative) or below their target. */
  missing: [slot: number, units: number][];
  errands: Errand[];
  touches: [person: number, touches: Touch[]][];
  /** Messages written already whose time has not come. */
  outbox: Written[];
}

/** A play at its beginning, or taken up where a state left it. */
export function openPlay(world: World, state?: PlayState): Play {
  const stock = openStock(world);
  for (const [slot, units] of state?.missing ?? []) stock.onHand[slot]! -= units;
  return {
    world,
    stock,
    agenda: createAgenda(state?.errands),
    touches: new Map(structuredClone(state?.touches)),
    out: [...(state?.outbox ?? [])],
    texts: [],
    reactions: [],
    chooser: createChooser(world),
    rng: new Rng(),
    boostPlanned: new Set(),
  };
}

/** The state of a play between two stretches. */
export function stateOf({ stock, agenda, touches, out }: Play): PlayState {
  const missing: PlayState['missing'] = [];
  for (let slot = 0; slot < stock.target.length; slot++) {
    const units = stock.target[slot]! - stock.onHand[slot]!;
    if (units !== 0) missing.push([slot, units]);
  }
  return structuredClone({ missing, errands: [...agenda.rest()], touches: [...touches], outbox: out });
}

/** The beginning of the ids of all messages of one happening. */
export function messagePrefix(play: Play, person: number, day: number, letter: string): string {
  return `${play.world.options.seed.toString(36)}-${(day + 1000).toString(36)}-${person.toString(36)}${letter}`;
}
