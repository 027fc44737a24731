import { browserContext, type CleanUrl, refusesBySignal } from './browser-context.ts';
import { browserStore, cookieId } from './browser-store.ts';
import { browserTransport } from './browser-transport.ts';
import { campaignOf } from './campaign.ts';
import { type ClickOptions, followClicks } from './clicks.ts';
import { systemClock } from './clock.ts';
import { leaseLock, noLock, webLock } from './lock.ts';
import { followPages } from './page-views.ts';
import { cleanUrl } from './privacy.ts';
import { memoryStore } from './store.ts';
import { openTracker, type Platform, type Tracker, type TrackerOptions } from './tracker.ts';

/** What a tracker in a browser is told beside. */
export interface BrowserOptions extends TrackerOptions {
  /** Tell page views by itself, also of single-page shops; yes. */
  pages?: boolean;
  /** Tell clicks by itself: yes, no, or which. Outbound links and downloads only when asked for. */
  clicks?: boolean | ClickOptions;
  /** `cookie` and localStorage, `local` for localStorage alone, `memory` for nothing on the device at all. */
  persistence?: 'cookie' | 'local' | 'memory';
  /** Share the anonymous id with all sub-domains: `shop.example`. */
  cookieDomain?: string;
  /** Take Global Privacy Control and Do Not Track for a no. */
  respectPrivacySignals?: boolean;
  /** Takes out of addresses what shall not be told; passwords, tokens, e-mails and the like unless told otherwise. */
  cleanUrl?: CleanUrl;
}

/** Starts a tracker on this page. */
export function createTracker(options: BrowserOptions): Tracker {
  const clean = options.cleanUrl ?? cleanUrl;
  const clock = systemClock;
  const { tracker, leave, reconnected } = openTracker(browserPlatform(options, clean), options);
  const clicks = clickOptions(options.clicks);
  const pages =
    options.pages === false
      ? null
      : followPages((properties) => tracker.page(undefined, properties), clean, clock);
  if (clicks) followClicks(tracker.track, clicks, clean);
  const leaving = () => {
    pages?.settle();
    leave();
  };
  addEventListener('pagehide', leaving);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leaving());
  addEventListener('online', reconnected);
  return tracker;
}

function browserPlatform(options: BrowserOptions, clean: CleanUrl): Platform {
  const persistence = options.persistence ?? 'cookie';
  const isKept = persistence !== 'memory';
  const { locks } = navigator as { locks?: LockManager };
  return {
    clock: systemClock,
    durable: isKept ? browserStore() : memoryStore(),
    sharedId: persistence === 'cookie' ? cookieId(options.cookieDomain) : null,
    lock: (store, tab) => {
      if (!isKept) return noLock;
      return locks
        ? webLock(locks, `qm.${options.writeKey}`, systemClock)
        : leaseLock(store, tab, systemClock);
    },
    transport: (address) => browserTransport(address, systemClock),
    online: () => navigator.onLine !== false,
    context: () => browserContext(clean),
    campaign: () => {
      const parameters = new URLSearchParams(location.search);
      return campaignOf((name) => parameters.get(name));
    },
    channel: 'web',
    refusedBySignal: options.respectPrivacySignals === true && refusesBySignal(),
  };
}

function clickOptions(given: BrowserOptions['clicks']): Required<ClickOptions> | null {
  if (given === false) return null;
  const { elements = 'all', outbound = false, downloads = false } = typeof given === 'object' ? given : {};
  return { elements, outbound, downloads };
}

export type { ClickOptions } from './clicks.ts';
export type { Commerce, Order, Product } from './commerce.ts';
export type { ConsentMode, Purposes } from './consent.ts';
export type { TrackerProblem } from './problem.ts';
export type { CallOptions, Tracker } from './tracker.ts';
