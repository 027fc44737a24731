import type { Device } from './device.ts';
import { readJson, type Store } from './store.ts';

/** `granted`: everything works. `pending`: nothing is kept on the device nor sent until decided. `denied`: nothing. */
export type ConsentMode = 'granted' | 'pending' | 'denied';

/** What somebody said yes or no to; `analytics` is the one that decides whether we track. */
export type Purposes = { analytics?: boolean } & Record<string, boolean | undefined>;

const CHOICE = 'consent';
/** A yes to this shop by somebody whose browser says no to all. */
const INSISTED = 'insisted';
/** The shop tracks without asking. */
const ASSUMED = 'assumed';
const SAID = 'said';
interface Said {
  who: string;
  said: Record<string, boolean>;
}

/**
 * The choice of this device. A yes is remembered, as then things may be kept; a no only where the shop asks for that:
 * then one word without any id is what is left.
 */
export function openConsent(parts: {
  device: Device;
  durable: Store;
  asked: ConsentMode;
  rememberRefusal: boolean;
  /** The browser says no for its user (Global Privacy Control, Do Not Track), and the shop heeds it. */
  refusedBySignal: boolean;
}) {
  const { device, durable } = parts;
  const isYes = (choice: string | null) => choice === 'granted' || choice === INSISTED;
  const remembered = durable.get(CHOICE);
  const yes = parts.refusedBySignal ? INSISTED : 'granted';
  let mode: ConsentMode = parts.asked;
  if (remembered === 'denied' || (parts.refusedBySignal && remembered !== INSISTED)) mode = 'denied';
  else if (isYes(remembered) && mode === 'pending') mode = 'granted';

  /** Whether the yes of this tab stands on the device, where another tab can take it away. */
  let isWritten = false;

  return {
    /** What is agreed to now; a no in one tab ends it in all. */
    mode(): ConsentMode {
      if (mode === 'granted' && isWritten && !isYes(durable.get(CHOICE)) && durable.get(CHOICE) !== ASSUMED) {
        mode = 'denied';
        device.forget();
      }
      return mode;
    },

    /** Whether the visitor said yes in another tab while this one waits. */
    isGrantedElsewhere: () => mode === 'pending' && isYes(durable.get(CHOICE)),

    /** Begins; `asked` when the visitor said so, not only the shop. */
    grant(asked: boolean): void {
      mode = 'granted';
      const known = durable.get(CHOICE);
      device.permit();
      if (asked || !isYes(known)) device.set(CHOICE, asked ? yes : ASSUMED);
      isWritten = durable.get(CHOICE) !== null;
    },

    deny(remember: boolean): void {
      mode = 'denied';
      device.forbid();
      if (remember && parts.rememberRefusal) durable.set(CHOICE, 'denied');
    },

    /** Which of the statements are news about somebody: a banner that repeats them on every page says them once. */
    news(who: string, purposes: Purposes, channel: string): [purpose: string, granted: boolean][] {
      const kept = readJson<Said>(device, SAID);
      const said = kept?.who === who ? kept.said : {};
      const fresh = Object.entries(purposes).filter(
        (one): one is [string, boolean] =>
          typeof one[1] === 'boolean' && said[`${channel}/${one[0]}`] !== one[1],
      );
      for (const [purpose, granted] of fresh) said[`${channel}/${purpose}`] = granted;
      if (fresh.length > 0) device.set(SAID, JSON.stringify({ who, said } satisfies Said));
      return fresh;
    },
  };
}
export type Consent = ReturnType<typeof openConsent>;
