import { openComplaint, refundOrder, writeReview } from './aftermath.ts';
import { comesFor, planVisit } from './demand.ts';
import { clickLink, openMail, receiveMail } from './mailing.ts';
import { enrol, withdrawConsent } from './membership.ts';
import { HAS } from './people.ts';
import type { Errand, Play } from './play.ts';
import { chance, hash, SALT } from './rng.ts';
import { makeVisit } from './shopping.ts';
import { receiveDeliveries } from './stock.ts';
import { EFFECT_DAYS } from './touches.ts';

const DAY_MS = 86_400_000;
const HANDOVER_DAYS = 14;

/** Lets everything of one day happen whose moment lies in [fromMs, toMs). */
export function playDay(play: Play, day: number, fromMs: number, toMs: number): void {
  const dayStart = play.world.calendar.startMs(day);
  if (fromMs <= dayStart) receiveDeliveries(play.world, play.stock, day);
  forgetOldTouches(play, fromMs);
  planDay(play, day, fromMs, toMs);
  planBoosts(play, day, fromMs, toMs);
  for (let errand = play.agenda.takeBefore(toMs); errand; errand = play.agenda.takeBefore(toMs)) {
    happen(play, errand, day, toMs);
  }
}

function happen(play: Play, errand: Errand, day: number, toMs: number): void {
  switch (errand.kind) {
    case 'visit':
      makeVisit(play, errand);
      break;
    case 'enrol':
      enrol(play, errand);
      break;
    case 'withdraw':
      withdrawConsent(play, errand);
      break;
    case 'refund':
      refundOrder(play, errand);
      break;
    case 'review':
      writeReview(play, errand);
      break;
    case 'complaint':
      openComplaint(play, errand);
      break;
    case 'mail':
      receiveMail(play, errand);
      break;
    case 'open':
      openMail(play, errand, day);
      planBoost(play, errand.person, day, errand.atMs, toMs);
      break;
    case 'click':
      clickLink(play, errand, day);
      break;
  }
}

function forgetOldTouches({ touches }: Play, ms: number): void {
  for (const [person, own] of touches) {
    const fresh = own.filter(({ fromMs }) => ms < fromMs + EFFECT_DAYS * DAY_MS);
    if (fresh.length === 0) touches.delete(person);
    else if (fresh.length < own.length) touches.set(person, fresh);
  }
}

function planDay(play: Play, day: number, fromMs: number, toMs: number): void {
  const { world } = play;
  const { people, calendar } = world;
  const season = calendar.season(day);
  for (let person = 0; person < people.size; person++) {
    if (people.joinDay[person]! > day) continue;
    planPaperwork(play, person, day, fromMs, toMs);
    const purpose = comesFor(world, season, person, day);
    if (purpose === null) continue;
    const { atMs, channel } = planVisit(world, person, day, 0);
    if (atMs >= fromMs && atMs < toMs)
      play.agenda.add({ kind: 'visit', atMs, person, day, purpose, channel });
  }
}

function planPaperwork(play: Play, person: number, day: number, fromMs: number, toMs: number): void {
  const { people, options, calendar } = play.world;
  const joined = people.joinDay[person]!;
  const handover =
    day < HANDOVER_DAYS && joined < 0 && hash(options.seed, person, 0, SALT.join) % HANDOVER_DAYS === day;
  if (handover || joined === day) {
    const atMs =
      calendar.startMs(day) + Math.floor(7 * 3_600_000 * chance(options.seed, person, 1, SALT.join));
    if (atMs >= fromMs && atMs < toMs) play.agenda.add({ kind: 'enrol', atMs, person, day });
  }
  if (people.withdrawDay[person] === day && agreedOnce(people.flags[person]!)) {
    const atMs =
      calendar.startMs(day) + Math.floor(20 * 3_600_000 * chance(options.seed, person, 2, SALT.join));
    if (atMs >= fromMs && atMs < toMs) play.agenda.add({ kind: 'withdraw', atMs, person, day });
  }
}

function agreedOnce(flags: number): boolean {
  const mail = HAS.email | HAS.emailConsent;
  return (flags & mail) === mail;
}

function planBoosts(play: Play, day: number, fromMs: number, toMs: number): void {
  play.boostPlanned.clear();
  for (const person of play.touches.keys()) planBoost(play, person, day, fromMs, toMs);
}

/** Plans the visit that a message may bring about today; whether it does is settled when its moment comes. */
function planBoost(
  { world, agenda, boostPlanned }: Play,
  person: number,
  day: number,
  fromMs: number,
  toMs: number,
): void {
  if (boostPlanned.has(person)) return;
  const { atMs, channel } = planVisit(world, person, day, 1);
  boostPlanned.add(person);
  if (atMs >= fromMs && atMs < toMs)
    agenda.add({ kind: 'visit', atMs, person, day, purpose: 'boost', channel });
}
