import { CHANNELS } from '@qianmian/contract';
import { consentSaid, type EventFact, type PersonFact } from '../collect/index.ts';
import { clip } from '../platform/text.ts';

/** Somebody's yes or no to being contacted through a channel. */
export interface ConsentStatement {
  channel: string;
  purpose: string;
  granted: boolean;
  time: number;
  /**
   * `event` where somebody did something (agreed, left, complained); `trait` where a system says what it has on record,
   * which it says over and over.
   */
  saidBy: 'event' | 'trait';
}

const TRAIT_CHANNEL = new Map<string, string>(CHANNELS.map((c) => [`${c}Consent`, c]));

/** Whether a trait is a statement of consent, not a trait. */
export function isConsentTrait(name: string): boolean {
  return TRAIT_CHANNEL.has(name);
}

/** Only what plainly says yes is a yes. */
function saysYes(value: unknown): boolean {
  return consentSaid(value) === 'yes';
}

/** What a person's traits say: emailConsent, smsConsent, pushConsent. Only what is plainly set, by a call of its own, is said. */
export function consentOfTraits(fact: PersonFact): ConsentStatement[] {
  if (fact.operation || fact.inPassing) return [];
  return Object.entries(fact.traits).flatMap(([name, value]) => {
    const channel = TRAIT_CHANNEL.get(name);
    if (!channel || value === '') return [];
    return [{ channel, purpose: 'marketing', granted: saysYes(value), time: fact.time, saidBy: 'trait' }];
  });
}

/** Receipts of other senders' messages by which people leave. */
const LEAVES = new Set(['Unsubscribed', 'Email Marked as Spam']);

/**
 * What 'Consent Updated' { channel, purpose, granted } says; without a purpose, or for all, it is about marketing. Who
 * unsubscribed or complained elsewhere has left here too.
 */
export function consentOfEvent(fact: EventFact): ConsentStatement[] {
  const said = { time: fact.time, saidBy: 'event' as const };
  if (LEAVES.has(fact.name))
    return [{ channel: channelLeft(fact), purpose: 'marketing', granted: false, ...said }];
  const { channel, purpose, granted } = fact.properties;
  if (
    fact.name !== 'Consent Updated' ||
    typeof channel !== 'string' ||
    granted === undefined ||
    granted === null
  )
    return [];
  const named = typeof purpose === 'string' ? purpose.trim().toLowerCase() : '';
  return [
    {
      channel: clip(channel.trim().toLowerCase(), 40),
      purpose: named === '' || named === 'all' ? 'marketing' : clip(named, 80),
      granted: saysYes(granted),
      ...said,
    },
  ];
}

/** E-mail, unless it names another channel of ours. */
function channelLeft(fact: EventFact): string {
  const named = [fact.properties.channel, fact.channel].map((c) => String(c).trim().toLowerCase());
  return CHANNELS.find((c) => named.includes(c)) ?? 'email';
}
