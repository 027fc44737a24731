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
