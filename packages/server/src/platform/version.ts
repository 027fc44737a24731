/** Bits of an arrival in microseconds, and of a time in milliseconds, until the years 2112 and 2109. */
const [ARRIVAL, TIME] = [52n, 42n];
const MOST_TIME = 2 ** Number(TIME) - 1;
/** Versions below are of what was only heard: no time that is told (from the second week of 1970) gives a lower one. */
const HEARD_BITS = ARRIVAL + TIME;
const FIRST_TIME = 2 ** Number(HEARD_BITS - 64n);

/**
 * Orders what was said by its time, then by its arrival, as one number of 128 bits (in digits: it is wider than a
 * double): `arrival` is the collector's version, which rises with every batch.
 */
export function versionByTime(time: number, arrival: number): string {
  return String((BigInt(Math.max(FIRST_TIME, Math.floor(time))) << 64n) | BigInt(arrival));
}

/** The same for what was only heard: below all that was told, whenever that was. */
export function versionHeard(time: number, arrival: number): string {
  const at = Math.min(Math.max(0, Math.floor(time)), MOST_TIME);
  return String((BigInt(at) << ARRIVAL) | BigInt(arrival));
}

/** SQL: whether a version is of what was only heard. */
export const isHeardSql = (version: string) => `bitShiftRight(${version}, ${HEARD_BITS}) = 0`;
