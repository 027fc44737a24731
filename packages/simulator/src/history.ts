import { pastCampaigns, sendPastCampaign } from './campaigns.ts';
import { playDay } from './day.ts';
import { type SimMessage, takeWritten } from './messages.ts';
import { openPlay, type Play, type PlayState, stateOf } from './play.ts';
import type { TextTruth } from './reviews.ts';
import { openingReport, reportStock, type StockChange } from './stock.ts';
import type { World } from './world.ts';

/** All that a retailer recorded on one day, and beside it what only the world knows. */
export interface DayBatch {
  /** ISO day in the retailer's time zone. */
  day: string;
  messages: SimMessage[];
  /** Shelves that changed; on the first day all that carry something. */
  stock: StockChange[];
  /** Truth: the person who caused each message. */
  people: Int32Array;
  /** Truth: what the day's reviews and complaints really say. */
  texts: TextTruth[];
}

/**
 * Plays a world's history, one day at a time; memory does not grow with its length.
 * What it returns at its end is the state from which a player can go on.
 */
export function* history(world: World): Generator<DayBatch, PlayState> {
  const play = openPlay(world);
  const campaigns = new Map(pastCampaigns(world).map((campaign) => [campaign.day, campaign]));
  for (let day = 0; day < world.options.days; day++) {
    const campaign = campaigns.get(day);
    if (campaign) sendPastCampaign(play, campaign);
    playDay(play, day, world.calendar.startMs(day), world.calendar.startMs(day + 1));
    yield closeDay(play, day);
  }
  return stateOf(play);
}

function closeDay(play: Play, day: number): DayBatch {
  const { world, stock, texts } = play;
  const written = takeWritten(play.out, world.calendar.startMs(day + 1));
  play.texts = [];
  play.reactions = [];
  const changes = reportStock(world, stock);
  return {
    day: world.calendar.season(day).iso,
    messages: written.map(({ message }) => message),
    people: Int32Array.from(written, ({ person }) => person),
    stock: day === 0 ? openingReport(world, stock) : changes,
    texts,
  };
}
