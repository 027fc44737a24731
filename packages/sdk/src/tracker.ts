import type { WIRE_CALLS } from '@qianmian/contract';
import { type Clock, uuid } from './clock.ts';
import { type Commerce, commerceVerbs } from './commerce.ts';
import { type ConsentMode, openConsent, type Purposes } from './consent.ts';
import { openDelivery } from './delivery.ts';
import { openDevice } from './device.ts';
import { openIdentity, type SharedId, type Traits } from './identity.ts';
import type { Lock } from './lock.ts';
import type { TrackerProblem } from './problem.ts';
import { openQueue } from './queue.ts';
import { openSession } from './session.ts';
import { type Store, storeUnder } from './store.ts';
import type { Transport } from './transport.ts';

type Fields = Record<string, unknown>;

/** What a tracker is told by the shop, wherever it runs. */
export interface TrackerOptions {
  /** The key of a source, from the console under Data, Sources. */
  writeKey: string;
  /** Where the server answers: `https://events.shop.example`. */
  url: string;
  /** Whether the visitor has agreed to be tracked; `granted` unless told otherwise. */
  consent?: ConsentMode;
  /** Keep the one word "denied" on the device, so that who said no is not asked again. */
  rememberRefusal?: boolean;
  /** Send after so long; 1,000 ms. */
  flushAfterMs?: number;
  /** Messages sent at once; 40. */
  batchSize?: number;
  /** Messages and bytes kept while the server cannot be reached; 1,000 and 2,000,000. Then the oldest go. */
  queueMessages?: number;
  queueBytes?: number;
  /** A visit ends after so long without anything happening; 30. */
  sessionMinutes?: number;
  /** Told what goes wrong; otherwise nothing is said. */
  onProblem?: (problem: TrackerProblem) => void;
}

/** What a message may say beside its own. */
export interface CallOptions {
  /** When it happened, if not now. */
  timestamp?: Date | string | number;
  /** The same id within 30 days is the same message. */
  messageId?: string;
  context?: Fields;
  /** Further identifiers of the person: `[{ type: 'openid', id: '…' }]`. */
  externalIds?: { type: string; id: string }[];
}

/** Says what happens on a device to the server; no call ever throws into the page. */
export interface Tracker extends Commerce {
  page(name?: string, properties?: Fields, options?: CallOptions): void;
  screen(name?: string, properties?: Fields, options?: CallOptions): void;
  track(event: string, properties?: Fields, options?: CallOptions): void;
  identify(userId: string | number | null, traits?: Traits, options?: CallOptions): void;
  group(groupId: string | number, traits?: Traits, options?: CallOptions): void;
  alias(userId: string | number, previousId?: string | number, options?: CallOptions): void;
  /** Somebody signed out: who comes next is somebody else. */
  reset(): void;
  /** What the visitor agreed to or refused; `analytics` also decides whether we track. */
  consent(purposes: Purposes, channel?: string): void;
  consentMode(): ConsentMode;
  anonymousId(): string;
  userId(): string | null;
  traits(): Traits;
  /** Sends what there is; resolves when nothing more can be sent for the moment. */
  flush(): Promise<void>;
}

/** The place a tracker runs in. */
export interface Platform {
  clock: Clock;
  /** What outlives the page, under keys of ours. */
  durable: Store;
  sharedId: SharedId | null;
  lock: (store: Store, tab: string) => Lock;
  transport: (address: string) => Transport;
  online: () => boolean;
  /** Where and on what something happens: page, screen, locale; without what is kept. */
  context: () => Fields;
  /** The campaign the address names. */
  campaign: () => Record<string, string> | null;
  channel: string;
  refusedBySignal: boolean;
}

/** What the platform tells the tracker. */
export interface Signals {
  /** Nobody may come back: what can be sent must be sent now. */
  leave(): void;
  reconnected(): void;
}

interface Held {
  at: number;
  context: Fields;
  campaign: Record<string, string> | null;
  run: () => void;
}

/** Calls held in memory until the visitor has decided. */
const HELD_CALLS = 200;

/** The tracker, the same everywhere; what differs is in the platform. */
export function openTracker(platform: Platform, options: TrackerOptions): { tracker: Tracker } & Signals {
  if (!options.writeKey || !/^https?:\/\//.test(options.url))
    throw new TypeError('A tracker needs a writeKey, and the url of the server beginning with https://.');
  const { clock } = platform;
  const problem = (one: TrackerProblem) => {
    try {
      options.onProblem?.(one);
    } catch {
      // Whoever listens is the page's; it must not stop us.
    }
  };
  const newId = () => uuid(clock.random);
  const tab = newId().slice(0, 6);
  const durable = storeUnder(platform.durable, `qm.${options.writeKey.slice(-8)}.`);
  const device = openDevice(durable, () => problem({ code: 'storage_full', lost: 0 }));
  const consent = openConsent({
    ...{ device, durable },
    asked: options.consent ?? 'granted',
    rememberRefusal: options.rememberRefusal ?? false,
    refusedBySignal: platform.refusedBySignal,
  });
  const identity = openIdentity(device, newId, platform.sharedId);
  const session = openSession(device, clock, (options.sessionMinutes ?? 30) * 60_000);
  const queue = openQueue({
    ...{ store: device, clock, tab },
    limits: { messages: options.queueMessages ?? 1000, bytes: options.queueBytes ?? 2_000_000 },
    dropped: (code, lost) => problem({ code, lost }),
  });
  const delivery = openDelivery({
    ...{ queue, store: device, clock, problem },
    lock: platform.lock(device, tab),
    transport: platform.transport(`${options.url.replace(/\/+$/, '')}/v1/batch`),
    writeKey: options.writeKey,
    batch: { messages: options.batchSize ?? 40, bytes: 60_000 },
    flushAfterMs: options.flushAfterMs ?? 1000,
    allowed: () => consent.mode() !== 'pending',
    online: platform.online,
  });

  let held: Held[] = [];
  /** While calls that were held are made good: the moment and place they happened at. */
  let past: Held | null = null;

  function say(type: keyof typeof WIRE_CALLS, fields: Fields, given?: CallOptions | null): void {
    const { anonymousId, userId, groupId } = identity.current();
    const at = given?.timestamp ?? past?.at ?? clock.now();
    const message = {
      type,
      messageId: given?.messageId ?? newId(),
      timestamp: new Date(at).toISOString(),
      anonymousId,
      ...(userId === undefined ? {} : { userId }),
      ...fields,
      context: {
        ...(past?.context ?? platform.context()),
        channel: platform.channel,
        ...session.touch(past ? past.campaign : platform.campaign()),
        ...(groupId === undefined ? {} : { groupId }),
        ...(given?.externalIds ? { externalIds: given.externalIds } : {}),
        ...given?.context,
      },
    };
    queue.add(JSON.stringify(message));
    delivery.soon();
  }

  /** Does something for the page: now, once the visitor has agreed, or never; and never fails it. */
  function whenAllowed<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      const safely = (work: () => void) => {
        try {
          work();
        } catch (cause) {
          problem({ code: 'bad_call', lost: 1, cause });
        }
      };
      if (consent.isGrantedElsewhere()) grant(false);
      const mode = consent.mode();
      if (mode === 'granted') safely(() => run(...args));
      if (mode !== 'pending') return;
      safely(() => {
        // The page may change what it handed in before it is sent.
        const copy = JSON.parse(JSON.stringify(args)) as A;
        if (held.length === HELD_CALLS) problem({ code: 'queue_full', lost: 1 });
        held = held.slice(-HELD_CALLS + 1);
        held.push({
          at: past?.at ?? clock.now(),
          context: platform.context(),
          campaign: platform.campaign(),
          run: () => safely(() => run(...copy)),
        });
      });
    };
  }

  function state(purposes: Purposes, channel: string): void {
    const { anonymousId } = identity.current();
    for (const [purpose, granted] of consent.news(anonymousId, purposes, channel))
      say('track', { event: 'Consent Updated', properties: { channel, purpose, granted } });
  }

  function grant(asked: boolean): void {
    consent.grant(asked);
    const calls = held;
    held = [];
    for (const call of calls) {
      past = call;
      call.run();
    }
    past = null;
  }

  /** Takes leave: that the visitor said no is the last that is told, from memory; nothing stays behind. */
  function deny(purposes: Purposes, channel: string): void {
    const wasGranted = consent.mode() === 'granted';
    const { anonymousId, userId } = wasGranted ? identity.current() : { anonymousId: '', userId: undefined };
    held = [];
    consent.deny(true);
    identity.forget();
    if (!wasGranted) return;
    const timestamp = new Date(clock.now()).toISOString();
    for (const [purpose, granted] of Object.entries(purposes))
      queue.add(
        JSON.stringify({
          ...{ type: 'track', messageId: newId(), timestamp, anonymousId, userId },
          event: 'Consent Updated',
          properties: { channel, purpose, granted },
          context: { channel: platform.channel },
        }),
      );
    void delivery.flush();
  }

  const track = whenAllowed((event: string, properties?: Fields, given?: CallOptions) => {
    if (typeof event !== 'string' || event === '') throw new TypeError('track needs the name of an event.');
    say('track', { event, properties: properties ?? {} }, given);
  });

  const tracker: Tracker = {
    ...commerceVerbs((event, properties) => track(event, properties)),
    track,
    page: whenAllowed((name, properties, given) =>
      say('page', { ...(name ? { name } : {}), properties: properties ?? {} }, given),
    ),
    screen: whenAllowed((name, properties, given) =>
      say('screen', { ...(name ? { name } : {}), properties: properties ?? {} }, given),
    ),
    identify: whenAllowed((userId, traits, given) => {
      const id = userId === null || userId === undefined || userId === '' ? undefined : String(userId);
      identity.identify(id, traits ?? {});
      say('identify', { traits: traits ?? {} }, given);
    }),
    group: whenAllowed((groupId, traits, given) => {
      identity.join(String(groupId));
      say('group', { groupId: String(groupId), traits: traits ?? {} }, given);
    }),
    alias: whenAllowed((userId, previousId, given) => {
      const { anonymousId } = identity.current();
      say('alias', { userId: String(userId), previousId: String(previousId ?? anonymousId) }, given);
    }),
    reset: whenAllowed(() => {
      identity.reset();
      session.end();
    }),
    consent(purposes, channel = platform.channel) {
      const decides = channel === platform.channel ? purposes.analytics : undefined;
      if (decides === false) return deny(purposes, channel);
      if (decides === true && consent.mode() !== 'granted') grant(true);
      whenAllowed(() => state(purposes, channel))();
    },
    consentMode: consent.mode,
    anonymousId: () => identity.current().anonymousId,
    userId: () => identity.current().userId ?? null,
    traits: () => identity.current().traits ?? {},
    flush: () => (consent.mode() === 'pending' ? Promise.resolve() : delivery.flush()),
  };

  if (consent.mode() === 'granted') grant(false);
  else if (consent.mode() === 'denied') {
    consent.deny(platform.refusedBySignal ? false : durable.get('consent') === 'denied');
    identity.forget();
  }
  if (consent.mode() === 'granted') delivery.resume();
  return { tracker, leave: delivery.leave, reconnected: delivery.reconnected };
}
