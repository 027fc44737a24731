import { recordPastReaction } from './campaigns.ts';
import { personByEmail } from './identifiers.ts';
import { takePen, track } from './messages.ts';
import { HAS } from './people.ts';
import { type Errand, messagePrefix, type Play, type Stimulus } from './play.ts';
import { hashText, type Rng, SALT } from './rng.ts';
import { logEffect, type Touch } from './touches.ts';
import { memberOnFile } from './visitor.ts';

type Mail = Extract<Errand, { kind: 'mail' | 'open' | 'click' }>;

const MINUTE_MS = 60_000;
const MEDIAN_WAIT_MINUTES = 75;

function aim({ world, rng }: Play, { person, stimulus }: Mail, salt: number): Rng {
  const mail = hashText(Math.floor(stimulus.atMs / 1000) | 0, stimulus.campaignId ?? '');
  return rng.reseed(world.options.seed, person, mail | 0, SALT.stimulus + salt);
}

/** The errand of a message on its way; undefined if nobody has the address. */
export function mailErrand(play: Play, stimulus: Stimulus, notBeforeMs: number): Errand | undefined {
  const { options, people } = play.world;
  const person = personByEmail(options.seed, people, stimulus.toEmail);
  if (person === undefined) return undefined;
  return {
    kind: 'mail',
    person,
    atMs: Math.max(stimulus.atMs, notBeforeMs),
    tie: stimulus.campaignId,
    stimulus,
  };
}

/** A message arrives: its reader opens it after a while, or never. */
export function receiveMail(play: Play, errand: Extract<Errand, { kind: 'mail' }>): void {
  const rng = aim(play, errand, 1);
  const { people } = play.world;
  if (!rng.happens(people.openRate[errand.person]!)) return;
  const wait = Math.min(20 * 60, MEDIAN_WAIT_MINUTES * Math.exp(1.1 * rng.normal())) * MINUTE_MS;
  play.agenda.add({ ...errand, kind: 'open', atMs: errand.atMs + Math.ceil(wait) });
}

/** A message is read, and from now on works on its reader; some click, a few have had enough. */
export function openMail(play: Play, errand: Extract<Errand, { kind: 'open' }>, day: number): void {
  const { world, touches, agenda } = play;
  const { stimulus, person, atMs } = errand;
  const rng = aim(play, errand, 2);
  if (errand.past) recordPastReaction(play, person, atMs, 'open', stimulus);
  if (stimulus.openUrl) play.reactions.push({ atMs, kind: 'open', url: stimulus.openUrl });
  const touch = touchOf(play, person, atMs, stimulus);
  touches.set(person, [...(touches.get(person) ?? []), touch]);
  if (rng.happens(world.people.clickRate[person]!)) {
    agenda.add({ ...errand, kind: 'click', atMs: atMs + Math.floor(rng.between(5, 120) * 1000) });
  }
  if (touch.logEffect < 0 && rng.happens(0.06)) unsubscribe(play, person, day, atMs + 30_000);
}

function touchOf({ world }: Play, person: number, fromMs: number, stimulus: Stimulus): Touch {
  const discountPercent = stimulus.discountPercent ?? 0;
  return {
    fromMs,
    logEffect: logEffect(world.people, person, discountPercent),
    campaignId: stimulus.campaignId,
    couponCode: stimulus.couponCode,
    discountPercent,
    couponUsed: false,
  };
}

function unsubscribe(play: Play, person: number, day: number, atMs: number): void {
  const prefix = `${messagePrefix(play, person, day, 'u')}${atMs.toString(36)}`;
  const member = memberOnFile(play.world, person, prefix);
  if (!member) return;
  const pen = takePen(play.out, person, prefix, member.who, member.context);
  track(pen, atMs, 'Consent Updated', { channel: 'email', purpose: 'marketing', granted: false });
}

/** A link in a message is followed: the tracking address is fetched and a visit begins. */
export function clickLink(play: Play, errand: Extract<Errand, { kind: 'click' }>, day: number): void {
  const { stimulus, person, atMs } = errand;
  const rng = aim(play, errand, 3);
  if (errand.past) recordPastReaction(play, person, atMs, 'click', stimulus);
  const links = stimulus.linkUrls ?? [];
  if (links.length > 0) play.reactions.push({ atMs, kind: 'click', url: rng.pick(links) });
  const channel = play.world.people.flags[person]! & HAS.app ? 'app' : 'web';
  play.agenda.add({
    kind: 'visit',
    purpose: 'click',
    atMs: atMs + 3_000,
    person,
    day,
    channel,
    campaignId: stimulus.campaignId,
  });
}
