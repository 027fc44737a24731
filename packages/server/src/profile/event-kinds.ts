import type { TIMELINE_KINDS } from '@qianmian/contract';

export type TimelineKind = (typeof TIMELINE_KINDS)[number];

/** Events that we do to a person: they do not show that the person was there. */
export const PASSIVE_EVENTS = [
  'Email Sent',
  'Email Delivered',
  'Email Bounced',
  'Email Deferred',
  'SMS Sent',
  'SMS Delivered',
  'SMS Failed',
  'Push Sent',
  'Push Delivered',
  'Message Sent',
  'Message Delivered',
  'Message Bounced',
  'Coupon Issued',
];

/** Names of events by kind, as regular expressions that JavaScript and RE2 read alike; the first that fits decides. */
const KINDS: readonly (readonly [TimelineKind, string])[] = [
  ['message', '^(Email|SMS|Push|Message|Newsletter) '],
  ['coupon', '^(Coupon|Voucher) '],
  ['consent', '^(Consent|Unsubscribed$)'],
  ['service', '^(Ticket|Support|Survey|Complaint|Chat|Call|Review) '],
  [
    'browse',
    '^(Page|Screen|Product|Products|Product List|Promotion|Article) (Viewed|Clicked|Searched|Filtered|Read|List)',
  ],
];

/** The kind of an event on a timeline, by its name. */
export function timelineKind(eventName: string): TimelineKind {
  return KINDS.find(([, pattern]) => new RegExp(pattern).test(eventName))?.[0] ?? 'other';
}

/** The same as a ClickHouse expression over an expression of the name. */
export function timelineKindSql(eventName: string): string {
  return `multiIf(${KINDS.map(([kind, pattern]) => `match(${eventName}, '${pattern}'), '${kind}'`).join(', ')}, 'other')`;
}
