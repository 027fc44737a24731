import type { Announcements } from '@qianmian/contract';
import type { Log } from './log.ts';

type Name = keyof Announcements;
type Listener<K extends Name> = (said: Announcements[K]) => void | Promise<void>;

/** Announcements inside the process: who says something does not know who listens. A listener's failure is logged. */
export class Bus {
  readonly #listeners = new Map<Name, Listener<never>[]>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  on<K extends Name>(name: K, listener: Listener<K>): void {
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener as Listener<never>]);
  }

  async announce<K extends Name>(name: K, said: Announcements[K]): Promise<void> {
    for (const listener of (this.#listeners.get(name) ?? []) as Listener<K>[]) {
      try {
        await listener(said);
      } catch (error) {
        this.#log.error({ err: error, announcement: name }, 'a listener failed');
      }
    }
  }
}
