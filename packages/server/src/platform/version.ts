/**
 * Orders what was said by its time, then by its arrival, as one number of 128 bits (in digits: it is wider than a
 * double): `arrival` is the collector's version, which rises with every batch.
 */
export function versionByTime(time: number, arrival: number): string {
  return String((BigInt(Math.max(0, Math.floor(time))) << 64n) | BigInt(arrival));
}
