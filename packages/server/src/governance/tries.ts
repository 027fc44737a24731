import { type Clock, MINUTE } from '../platform/clock.ts';
import { tooManyTries } from './errors.ts';

/** Wrong passwords within the window before more are refused: for one e-mail from one address, and from one address. */
const PAIR_LIMIT = 8;
const ADDRESS_LIMIT = 60;
const WINDOW = 10 * MINUTE;
/** Names remembered; the window of the one forgotten first is the nearest to its end. */
const REMEMBERED = 20_000;

/** A try that was counted before its outcome is known. */
export interface Try {
  /** The password was right: the try counts for nothing, and the e-mail is free again from this address. */
  succeeded(): void;
  /** Nothing was verified: as if it had not been tried. */
  withdrawn(): void;
}

/**
 * Counts tries of passwords. Each is counted before it is verified, so that asking in parallel gains nothing; a stranger
 * who guesses is stopped at their own address and locks nobody else out.
 */
export function openTries(clock: Clock) {
  const refuse = (seconds: number) => tooManyTries('Too many wrong passwords; wait ten minutes.', seconds);
  const pairs = counter(clock, { limit: PAIR_LIMIT, windowMs: WINDOW, refuse });
  const addresses = counter(clock, { limit: ADDRESS_LIMIT, windowMs: WINDOW, refuse });
  return (email: string, address: string): Try => {
    const from = networkOf(address);
    const pair = pairs.take(`${email}\n${from}`);
    try {
      const whole = addresses.take(from);
      return {
        succeeded: () => {
          pair.forget();
          whole.giveBack();
        },
        withdrawn: () => {
          pair.giveBack();
          whole.giveBack();
        },
      };
    } catch (error) {
      pair.giveBack();
      throw error;
    }
  };
}
export type Tries = ReturnType<typeof openTries>;

interface Window {
  count: number;
  until: number;
  wasRefused: boolean;
}

/**
 * Tries by name in windows of equal length: the order they began in is the order they end in. One beyond the limit is
 * refused, with the seconds until the window ends, and whether it is the first of its window.
 */
export function counter(
  clock: Clock,
  rule: { limit: number; windowMs: number; refuse: (seconds: number, isFirst: boolean) => Error },
) {
  const windows = new Map<string, Window>();

  function current(name: string): Window {
    const known = windows.get(name);
    if (known && known.until > clock.now()) return known;
    windows.delete(name);
    const begun = { count: 0, until: clock.now() + rule.windowMs, wasRefused: false };
    windows.set(name, begun);
    for (const [oldest, { until }] of windows) {
      if (until > clock.now() && windows.size <= REMEMBERED) break;
      windows.delete(oldest);
    }
    return begun;
  }

  return {
    take(name: string) {
      const window = current(name);
      if (window.count >= rule.limit) {
        const isFirst = !window.wasRefused;
        window.wasRefused = true;
        throw rule.refuse(Math.ceil((window.until - clock.now()) / 1000), isFirst);
      }
      window.count += 1;
      return {
        giveBack: () => {
          window.count -= 1;
        },
        forget: () => {
          if (windows.get(name) === window) windows.delete(name);
        },
      };
    },
  };
}

/** Whom an address stands for: an IPv4 address itself, of IPv6 the /64 that one connection is usually given. */
export function networkOf(address: string): string {
  const v4 = /(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  if (v4) return v4;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const gap =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...gap, ...after]
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':');
}
