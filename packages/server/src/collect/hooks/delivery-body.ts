import { type Bounds, isWithin, parseExactly } from '../wire/parse.ts';

/** How much a webhook's body may hold before it is refused unread. */
const BOUNDS: Bounds = { values: 200_000, depth: 100 };
const MOST_FIELDS = 2000;

/**
 * What a webhook's body says, read by its content: JSON, or a form (several values of one name are a list). Null where
 * it is neither. Whole numbers that are too long to be exact become texts: ids are among them.
 */
export function readBody(text: string): unknown {
  const begin = /\S/.exec(text)?.[0];
  if (begin === undefined) return null;
  return begin === '{' || begin === '[' ? readJson(text) : readForm(text);
}

function readJson(text: string): unknown {
  if (!isWithin(Buffer.from(text), BOUNDS)) return null;
  try {
    return parseExactly(text);
  } catch {
    return null;
  }
}

function readForm(text: string): unknown {
  if (!/^[^=&\s<]+=/.test(text)) return null;
  const fields: Record<string, string | string[]> = Object.create(null) as Record<string, string>;
  let count = 0;
  for (const [name, value] of new URLSearchParams(text.trim())) {
    if (++count > MOST_FIELDS) return null;
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return { ...fields };
}
