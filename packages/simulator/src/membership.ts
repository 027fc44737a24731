import { takePen, track, write } from './messages.ts';
import { type Errand, messagePrefix, type Play } from './play.ts';
import { chance, SALT } from './rng.ts';
import { memberOnFile, traitsOf } from './visitor.ts';

/** The office writes a member down: on the day they join, or when older members are first handed over. */
export function enrol(play: Play, { person, day, atMs }: Extract<Errand, { kind: 'enrol' }>): void {
  const prefix = messagePrefix(play, person, day, 'e');
  const member = memberOnFile(play.world, person, prefix);
  if (!member) return;
  const pen = takePen(play.out, person, prefix, member.who, member.context);
  write(pen, atMs, { type: 'identify', traits: traitsOf(play.world, person, day) });
}

/** Someone withdraws their consent to marketing, from one channel or from both. */
export function withdrawConsent(
  play: Play,
  { person, day, atMs }: Extract<Errand, { kind: 'withdraw' }>,
): void {
  const prefix = messagePrefix(play, person, day, 'w');
  const member = memberOnFile(play.world, person, prefix);
  if (!member) return;
  const pen = takePen(play.out, person, prefix, member.who, member.context);
  track(pen, atMs, 'Consent Updated', { channel: 'email', purpose: 'marketing', granted: false });
  if (chance(play.world.options.seed, person, 0, SALT.withdraw) < 0.5) {
    track(pen, atMs + 1_000, 'Consent Updated', { channel: 'sms', purpose: 'marketing', granted: false });
  }
}
