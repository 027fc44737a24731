import { memoryStore, type Store } from './store.ts';

/** What is kept on the device: nothing until it is permitted; then memory stands in only where there is no room. */
export interface Device extends Store {
  /** From now on things are kept; what was in memory stays unless the device knew better already. */
  permit(): void;
  /** Forgets everything, on the device and in memory; from now on only memory is used. */
  forbid(): void;
  /** The same where another tab has cleared the device already: what it wrote since stays. */
  forget(): void;
  readonly permitted: boolean;
}

export function openDevice(durable: Store, full: () => void): Device {
  const memory = memoryStore();
  let permitted = false;
  const device: Device = {
    get permitted() {
      return permitted;
    },
    get: (key) => memory.get(key) ?? (permitted ? durable.get(key) : null),
    set(key, value) {
      if (permitted)
        try {
          durable.set(key, value);
          memory.remove(key);
          return;
        } catch {
          full();
        }
      memory.set(key, value);
    },
    remove(key) {
      memory.remove(key);
      if (permitted) durable.remove(key);
    },
    keys: () => [...new Set([...memory.keys(), ...(permitted ? durable.keys() : [])])],
    permit() {
      if (permitted) return;
      permitted = true;
      for (const key of memory.keys()) {
        const value = memory.get(key)!;
        memory.remove(key);
        if (durable.get(key) === null) device.set(key, value);
      }
    },
    forbid() {
      device.forget();
      for (const key of durable.keys()) durable.remove(key);
    },
    forget() {
      permitted = false;
      for (const key of memory.keys()) memory.remove(key);
    },
  };
  return device;
}
