/** The time, handed to everything that needs it; a demo's clock can be let run ahead, a test's is set by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands where it is put. */
export class FakeClock implements Clock {
  #now: number;
  constructor(start: number | string) {
    this.#now = typeof start === 'number' ? start : Date.parse(start);
  }
  now(): number {
    return this.#now;
  }
  set(to: number | string): void {
    this.#now = typeof to === 'number' ? to : Date.parse(to);
  }
  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** A clock that runs with another, ahead by an offset that can grow. */
export class OffsetClock implements Clock {
  readonly #base: Clock;
  #offset: number;
  constructor(base: Clock, offset: number) {
    this.#base = base;
    this.#offset = offset;
  }
  now(): number {
    return this.#base.now() + this.#offset;
  }
  get offset(): number {
    return this.#offset;
  }
  moveTo(time: number): void {
    this.#offset = time - this.#base.now();
  }
}

/** A clock that runs with another, but for the length of some work, which it lets happen at a time of its own. */
export class HeldClock implements Clock {
  readonly #base: Clock;
  #held: number | null = null;
  constructor(base: Clock) {
    this.#base = base;
  }
  now(): number {
    return this.#held ?? this.#base.now();
  }
  /** Stands at a time while work is done; one work at a time. */
  async at<T>(time: number, work: () => Promise<T>): Promise<T> {
    this.#held = time;
    try {
      return await work();
    } finally {
      this.#held = null;
    }
  }
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** ISO 8601 in UTC. */
export function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** ISO 8601 or null. */
export function isoOrNull(time: Date | number | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString();
}
