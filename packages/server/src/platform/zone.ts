export { dayIn, startOfDay } from '@qianmian/contract';

/** Names that IANA gave to zones which the runtime still calls by their former ones. */
const RENAMED = new Set(
  `Asia/Kolkata Asia/Kathmandu Asia/Ho_Chi_Minh Asia/Yangon Europe/Kyiv America/Nuuk Atlantic/Faroe
   Africa/Asmara America/Argentina/Buenos_Aires America/Indiana/Indianapolis Pacific/Chuuk Pacific/Pohnpei
   Pacific/Kanton`.split(/\s+/),
);

/**
 * The name under which every store knows the IANA zone meant: `asia/shanghai` is Asia/Shanghai, and links that are of the
 * past become the zone they lead to. Null when there is no such zone.
 */
export function timeZoneNamed(name: string): string | null {
  if (RENAMED.has(name)) return name;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** A day so many days after (or, negative, before) another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}
