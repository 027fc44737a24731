/** Why a file could not be read, by the server's sentence about it. */
const SENTENCES = [
  [/neither text nor|no text at all|unknown format/i, 'format'],
  [/is empty/i, 'empty'],
  [/gzipped; unpack/i, 'packed'],
  [/larger than|more than 400 MB|2 GiB/i, 'large'],
  [/header line cannot be read/i, 'header'],
  [/No record at the start/i, 'records'],
  [/JSON file/i, 'json'],
  [/could not be read|damaged|not a complete/i, 'damaged'],
] as const;
export type Unreadable = (typeof SENTENCES)[number][1];

/** Our own words for it; null where we have none. */
export function unreadableKey(why: string): Unreadable | null {
  return SENTENCES.find(([pattern]) => pattern.test(why))?.[1] ?? null;
}
