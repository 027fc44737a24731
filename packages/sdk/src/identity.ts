import type { Device } from './device.ts';
import { readJson } from './store.ts';

/** What a device calls its user. */
export interface Person {
  anonymousId: string;
  userId?: string;
  groupId?: string;
  traits?: Traits;
}

export type Traits = Record<string, unknown>;

/** A place for the anonymous id that sub-domains share: a cookie. */
export interface SharedId {
  get(): string | null;
  set(id: string): void;
  remove(): void;
}

const KEY = 'person';

/**
 * Who uses this device. Read anew for every message, as another tab may have signed somebody in or out. The shared id
 * decides: when another sub-domain has begun anew, what this one knew of the person before is forgotten.
 */
export function openIdentity(device: Device, newId: () => string, shared: SharedId | null) {
  let refreshed = false;

  function write(person: Person): Person {
    device.set(KEY, JSON.stringify(person));
    if (device.permitted) shared?.set(person.anonymousId);
    return person;
  }

  function current(): Person {
    const kept = readJson<Person>(device, KEY);
    const id = device.permitted ? shared?.get() : null;
    if (kept?.anonymousId && (!id || id === kept.anonymousId)) {
      // Written once a page, so that it does not run out while somebody keeps coming.
      if (device.permitted && !refreshed) shared?.set(kept.anonymousId);
      refreshed ||= device.permitted;
      return kept;
    }
    return write({ anonymousId: id || newId() });
  }

  /** A new visitor, whom nothing connects with the one before. */
  const reset = () => write({ anonymousId: newId() });

  return {
    current,
    reset,

    /** Somebody signed in, or told more of themselves; another login is another person, also to anonymous data. */
    identify(userId: string | undefined, traits: Traits): Person {
      const before = current();
      const isOther = userId !== undefined && before.userId !== undefined && before.userId !== userId;
      const person = isOther ? { anonymousId: newId() } : before;
      return write({
        ...person,
        ...(userId === undefined ? {} : { userId }),
        traits: { ...person.traits, ...traits },
      });
    },

    join: (groupId: string) => write({ ...current(), groupId }),

    setAnonymousId: (anonymousId: string) => write({ ...current(), anonymousId }),

    forget: () => shared?.remove(),
  };
}
export type Identity = ReturnType<typeof openIdentity>;
