import type { Outcome } from '@qianmian/contract';

/** Whether messages of this outcome are kept nowhere: they are shown from the server's memory, as far as it reaches back. */
export const isFleeting = (outcome: Outcome | undefined): boolean =>
  outcome === 'repeated' || outcome === 'rejected';

type Scalar = string | number | boolean | null;

/** Properties as rows of name and value; what is nested is named by its path, deep lists are written as JSON. */
export function flatProperties(
  properties: Record<string, unknown>,
  depth = 3,
): { name: string; value: string }[] {
  const rows: { name: string; value: string }[] = [];
  const walk = (value: unknown, name: string, left: number) => {
    const isNest = typeof value === 'object' && value !== null;
    if (!isNest || left === 0)
      rows.push({ name, value: isNest ? JSON.stringify(value) : text(value as Scalar) });
    else if (Object.keys(value).length === 0) rows.push({ name, value: Array.isArray(value) ? '[]' : '{}' });
    else
      for (const [key, inner] of Object.entries(value))
        walk(
          inner,
          Array.isArray(value) ? `${name}[${Number(key) + 1}]` : name ? `${name}.${key}` : key,
          left - 1,
        );
  };
  if (Object.keys(properties).length > 0) walk(properties, '', depth + 1);
  return rows;
}

function text(value: Scalar): string {
  return value === null || value === undefined ? '–' : String(value);
}

/** One line of what matters most in an event: its first few plain values. */
export function gist(properties: Record<string, unknown>): string {
  return Object.entries(properties)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
    .slice(0, 3)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(' · ');
}

/** A payload written over several lines where it is JSON; as it came where not. */
export function prettyPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
