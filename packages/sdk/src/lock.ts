import type { Clock } from './clock.ts';
import type { Store } from './store.ts';

/** Runs work while no other tab runs its own. */
export type Lock = (work: () => Promise<void>) => Promise<void>;

/** For a place with nobody beside. */
export const noLock: Lock = (work) => work();

/** What another process wrote is seen a moment after its lock is free. */
const SETTLE_MS = 25;
/** After so long a tab that holds the lock is taken for frozen; claims still keep its messages apart. */
const PATIENCE_MS = 60_000;

/** The browser's own locks; there on https and on this machine. */
export function webLock(locks: LockManager, name: string, clock: Clock): Lock {
  return async (work) => {
    const patience = new AbortController();
    const giveUp = clock.after(PATIENCE_MS, () => patience.abort());
    let begun = false;
    try {
      await locks.request(name, { signal: patience.signal }, async () => {
        giveUp();
        begun = true;
        await pass(SETTLE_MS, clock);
        await work();
      });
    } catch (error) {
      giveUp();
      if (begun) throw error;
      await work();
    }
  };
}

const LEASE_MS = 10_000;
const LEASE = 'lease';

/** A lease in the store that all tabs share, where there are no locks: who finds it free takes it, waits, and looks whether it is still theirs. */
export function leaseLock(store: Store, owner: string, clock: Clock): Lock {
  const holder = () => {
    const [who, until] = (store.get(LEASE) ?? '').split(',');
    const left = Number(until) - clock.now();
    return who && left > 0 && left <= LEASE_MS ? who : null;
  };
  const renew = () => store.set(LEASE, `${owner},${clock.now() + LEASE_MS}`);

  async function acquired(): Promise<void> {
    for (;;) {
      if (holder() === null) {
        renew();
        await pass(2 * SETTLE_MS, clock);
        if (holder() === owner) return;
      }
      await pass(200 + clock.random() * 200, clock);
    }
  }

  return async (work) => {
    await acquired();
    let stop = () => {};
    const keep = () => {
      stop = clock.after(LEASE_MS / 3, () => {
        if (holder() === owner) renew();
        keep();
      });
    };
    keep();
    try {
      await work();
    } finally {
      stop();
      if (holder() === owner) store.remove(LEASE);
    }
  };
}

const pass = (ms: number, clock: Clock) => new Promise<void>((resolve) => clock.after(ms, resolve));
