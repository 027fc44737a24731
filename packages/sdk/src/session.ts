import type { Clock } from './clock.ts';
import type { Device } from './device.ts';
import { readJson } from './store.ts';

interface Session {
  id: number;
  lastAt: number;
  /** The campaign that led here, named by every message of the session. */
  campaign?: Record<string, string>;
}

const KEY = 'session';

/** A visit: ends after so long without anything happening, in any tab. */
export function openSession(device: Device, clock: Clock, inactiveMs: number) {
  return {
    /** The session something falls into, as the context says it; the first message of one says so. */
    touch(campaign: Record<string, string> | null) {
      const now = clock.now();
      const kept = readJson<Session>(device, KEY);
      const goesOn = kept !== null && now - kept.lastAt < inactiveMs && kept.lastAt - now < inactiveMs;
      const session: Session = goesOn ? { ...kept, lastAt: now } : { id: now, lastAt: now };
      if (campaign) session.campaign = campaign;
      device.set(KEY, JSON.stringify(session));
      return {
        sessionId: session.id,
        ...(goesOn ? {} : { sessionStart: true }),
        ...(session.campaign ? { campaign: session.campaign } : {}),
      };
    },
    end: () => device.remove(KEY),
  };
}
