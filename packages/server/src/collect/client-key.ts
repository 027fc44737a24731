import { type ClientKey, isOriginWithin } from '@qianmian/contract';
import { MOST_HEARD } from '../catalog/index.ts';
import type { FactBatch } from './batch.ts';
import type { EventFact, Fact } from './facts.ts';
import { clientsId } from './message-id.ts';
import type { QuarantineRow } from './store.ch.ts';

/** Said of events that say more than counts by their key. */
export const BEYOND_KEY = 'beyond_key';

/** Products and stores that one body of a client's key may tell of: ten pages full of goods, in each of many events. */
export const MOST_GOODS_A_BODY = 5000;

/** Traits and events by which somebody says yes or no to being written to. */
const SAYS_CONSENT = /^(email|sms|push)Consent$/;

/**
 * What of a message counts that came by a client's key. Anybody can read such a key in a page or an app: it may say what
 * a visitor does, and nothing of what only the shop itself knows, and its ids are in a space of their own. Whatever is
 * left out of the facts stays in the event.
 */
export function withinKey(
  facts: readonly Fact[],
  { orders, consent }: ClientKey,
  /** How many products and stores the body may still tell of. */
  room: { goods: number } = { goods: MOST_GOODS_A_BODY },
): { facts: Fact[]; beyond: string[] } {
  const beyond = new Set<string>();
  const kept = facts.map(underClientsId).flatMap((fact): Fact[] => {
    if (fact.kind === 'stock') {
      beyond.add('Stock levels are told by a server’s key.');
      return [];
    }
    if (fact.kind === 'orderLine' && !orders) {
      beyond.add('Orders of this key are kept as events and do not count.');
      return [];
    }
    if (fact.kind === 'product' || fact.kind === 'store') {
      if (room.goods === 0) {
        beyond.add(
          `One body may tell of ${MOST_GOODS_A_BODY.toLocaleString('en')} products and stores; of more only the event is kept.`,
        );
        return [];
      }
      room.goods -= 1;
      // What the shop itself tells of its goods and stores stands.
      return [{ ...fact, hearsay: true }];
    }
    if (!consent && saysConsent(fact))
      beyond.add('A yes to being written to does not count by this key; a no does.');
    if (fact.kind === 'event' && fact.samePerson) {
      const { samePerson: _, ...event } = fact;
      return [event];
    }
    return [fact];
  });
  return { facts: kept, beyond: [...beyond] };
}

/** Tells where goods are looked for that are not in the catalogue, as too many are known only by what pages say. */
export function goodsLeftOut(
  { workspace, source, token, receivedAt }: FactBatch,
  leftOut: { products: number; stores: number },
): QuarantineRow[] {
  if (leftOut.products + leftOut.stores === 0) return [];
  return [
    {
      ...{ workspace, source, id: `${token}:goods`, received_at: receivedAt, reason: 'too_many_goods' },
      detail: `Keys of pages may bring ${MOST_HEARD.all.toLocaleString('en')} products and as many stores that nobody else told of, ${MOST_HEARD.newAMinute.toLocaleString('en')} of each a minute: of more only the events are kept.`,
      payload: JSON.stringify(leftOut),
    },
  ];
}

/** A fact under ids that are only a client's: of its message, and of the return it tells. */
function underClientsId(fact: Fact): Fact {
  const messageId = fact.messageId === undefined ? {} : { messageId: clientsId(fact.messageId) };
  if (fact.kind === 'event' && fact.formerId !== undefined)
    return { ...fact, ...messageId, formerId: clientsId(fact.formerId) };
  if (fact.kind !== 'orderLine' || !fact.claim) return { ...fact, ...messageId };
  // A page may ask back what it told; that an order never was is the shop's to say.
  const { isCancellation: _, ...asked } = fact.claim;
  const claim = { ...asked, returnId: clientsId(asked.returnId) };
  return { ...fact, ...messageId, lineId: clientsId(fact.lineId), claim };
}

function saysConsent(fact: Fact): boolean {
  if (fact.kind === 'event') return isConsentEvent(fact);
  return fact.kind === 'person' && Object.keys(fact.traits).some((name) => SAYS_CONSENT.test(name));
}

const isConsentEvent = ({ name }: EventFact) => name === 'Consent Updated';

/**
 * Whether a page may use a key. Programs and apps name no page: a list of origins keeps other people's pages out, not
 * who writes a program.
 */
export function mayUse(key: ClientKey, headers: { origin?: string; referer?: string }): boolean {
  if (key.origins.length === 0) return true;
  const origin = headers.origin ?? (headers.referer === undefined ? undefined : originOf(headers.referer));
  return origin === undefined || key.origins.some((allowed) => isOriginWithin(origin, allowed));
}

function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'null';
}
