import { basename } from 'node:path';

/** File systems take 255 bytes; the number that tells twins apart needs some of them. */
const MAX_BYTES = 200;
const MAX_EXTENSION_BYTES = 20;

/** The name an uploaded file is kept under: it stays inside its folder, fits the file system, differs from those before. */
export function storedName(given: string, taken: readonly string[]): string {
  const plain = basename(given.replaceAll('\\', '/')).replace(/\p{C}/gu, '').replace(/^\.+/, '') || 'file';
  const fitting = shortened(plain);
  const used = new Set(taken.map(sameness));
  let name = fitting;
  for (let i = 2; used.has(sameness(name)); i++) name = `${i}-${fitting}`;
  return name;
}

/** File systems differ in whether they tell these apart. */
function sameness(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Cuts before the extension, between characters. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const ending = /\.[^.]+(?:\.gz)?$/i.exec(name)?.[0] ?? '';
  const kept = Buffer.byteLength(ending) <= MAX_EXTENSION_BYTES ? ending : '';
  return bytesOf(name.slice(0, name.length - kept.length), MAX_BYTES - Buffer.byteLength(kept)) + kept;
}

/** The longest start of a text that fits into so many bytes of UTF-8. */
function bytesOf(text: string, max: number): string {
  let end = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > max) break;
    end += character.length;
  }
  return text.slice(0, end);
}
