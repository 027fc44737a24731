const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Whether to stop at a character that is part of the structure; `depth` counts it already. */
type StopAt = (code: number, depth: number) => boolean;

const elementEnds: StopAt = (code, depth) =>
  (code === COMMA && depth === 1) || (code === CLOSE_ARRAY && depth === 0);
const arrayOpens: StopAt = (code, depth) => code === OPEN_ARRAY && depth === 2;
const arrayCloses: StopAt = (code, depth) => code === CLOSE_ARRAY && depth === 1;

/** Walks along JSON text that comes in chunks, strings and nesting respected; the text is not checked. */
function jsonWalker() {
  let [depth, inString, escaped] = [0, false, false];
  return {
    depth: () => depth,
    /** The place of the next character to stop at from `from` on; -1 when the chunk has none. */
    walk(text: string, from: number, stopAt: StopAt): number {
      for (let i = from; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (inString) {
          if (escaped) escaped = false;
          else if (code === BACKSLASH) escaped = true;
          else if (code === QUOTE) inString = false;
          continue;
        }
        if (code === QUOTE) inString = true;
        else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
        else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
        else if (code !== COMMA) continue;
        if (stopAt(code, depth)) return i;
      }
      return -1;
    },
  };
}

/** The lines of a text; of one beyond the limit only the head. */
export function lines(text: AsyncIterable<string>, maxChars: number): AsyncGenerator<string> {
  return pieces(text, maxChars, (chunk, from) => chunk.indexOf('\n', from));
}

/** The elements of a top-level array, the first with its bracket; of one beyond the limit only the head. */
export function elements(text: AsyncIterable<string>, maxChars: number): AsyncGenerator<string> {
  const { walk } = jsonWalker();
  return pieces(text, maxChars, (chunk, from) => walk(chunk, from, elementEnds));
}

async function* pieces(
  text: AsyncIterable<string>,
  maxChars: number,
  endFrom: (chunk: string, from: number) => number,
): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of text) {
    let at = 0;
    for (let end = endFrom(chunk, at); end >= 0; end = endFrom(chunk, at)) {
      yield held + chunk.slice(at, end);
      held = '';
      at = end + 1;
    }
    if (held.length <= maxChars) held += chunk.slice(at);
  }
  if (held.trim() !== '' && held.trim() !== ']') yield held;
}

/** How many arrays an object holds, and whether all that it opens is closed; looks no further than `maxChars`. */
export async function countArrays(
  text: AsyncIterable<string>,
  maxChars: number,
): Promise<{ arrays: number; whole: boolean; chars: number }> {
  const { walk, depth } = jsonWalker();
  let [arrays, chars] = [0, 0];
  for await (const chunk of text) {
    for (let at = walk(chunk, 0, arrayOpens); at >= 0; at = walk(chunk, at + 1, arrayOpens)) arrays++;
    chars += chunk.length;
    if (chars > maxChars) break;
  }
  return { arrays, whole: depth() === 0, chars };
}

/** The text of the first array that an object holds, from bracket to bracket. */
export async function* arrayIn(text: AsyncIterable<string>): AsyncGenerator<string> {
  const { walk } = jsonWalker();
  let inside = false;
  for await (const chunk of text) {
    const start = inside ? 0 : walk(chunk, 0, arrayOpens);
    if (start < 0) continue;
    const end = walk(chunk, inside ? 0 : start + 1, arrayCloses);
    inside = true;
    yield chunk.slice(start, end < 0 ? undefined : end + 1);
    if (end >= 0) return;
  }
}
