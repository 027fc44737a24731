import { MOST_CHANCE, movableChance } from './demand.ts';
import type { Population } from './people.ts';
import type { World } from './world.ts';

/** Days for which an opened message changes someone's buying. */
export const EFFECT_DAYS = 14;

const EFFECT_MS = EFFECT_DAYS * 86_400_000;
const WANING = 0.5;
const MOST_LOG = Math.log(5);

/** An opened message that still works on its reader. */
export interface Touch {
  fromMs: number;
  logEffect: number;
  campaignId?: string;
  couponCode?: string;
  discountPercent: number;
  couponUsed: boolean;
}

/** The change of a person's log buying rate when they open an e-mail with a coupon of so many per cent. */
export function logEffect(people: Population, person: number, discountPercent: number): number {
  const coupon = (people.couponEffect[person]! * Math.min(30, discountPercent)) / 10;
  return Math.min(MOST_LOG, people.emailEffect[person]! + coupon);
}

/** The touches that work at an instant. */
export function activeTouches(touches: readonly Touch[], ms: number): Touch[] {
  return touches.filter(({ fromMs }) => ms >= fromMs && ms < fromMs + EFFECT_MS);
}

/** What the touches at work multiply the buying rate by: pleasant ones wane with their number, annoying ones do not. */
export function multiplier(touches: readonly Touch[], ms: number): number {
  let sum = 0;
  let weight = 1;
  for (const { logEffect: effect } of activeTouches(touches, ms)) {
    sum += effect > 0 ? effect * weight : effect;
    weight *= WANING;
  }
  return Math.exp(Math.min(MOST_LOG, sum));
}

/** The chance on a day of an order that there would not have been without the touches. */
export function boostChance(world: World, person: number, day: number, factor: number): number {
  return factor <= 1 ? 0 : Math.min(MOST_CHANCE, movableChance(world, person, day) * (factor - 1));
}

/** Expected change in orders when one message is opened at the start of a day and works for its fourteen days. */
export function upliftIfOpened(world: World, person: number, day: number, discountPercent: number): number {
  const factor = Math.exp(logEffect(world.people, person, discountPercent));
  let change = 0;
  for (let d = day; d < day + EFFECT_DAYS; d++) {
    if (factor > 1) change += boostChance(world, person, d, factor);
    else if (d < world.people.dropDay[person]!) change -= movableChance(world, person, d) * (1 - factor);
  }
  return change;
}
