import { useLocation, useRouter } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { z } from 'zod';

type Shape = Record<string, z.ZodType>;

/** Reads the fields of a schema from a query string; what does not parse is as if it were not there. */
export function readAddress<S extends Shape>(
  schema: z.ZodObject<S>,
  search: string,
): z.output<z.ZodObject<S>> {
  const given = new URLSearchParams(search);
  const state: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(schema.shape)) {
    const values = given.getAll(name);
    const attempts: unknown[] = values.length === 0 ? [] : [values.length === 1 ? values[0] : values, values];
    const read = attempts.map((value) => field.safeParse(value)).find((result) => result.success);
    state[name] = read ? read.data : field.safeParse(undefined).data;
  }
  return state as z.output<z.ZodObject<S>>;
}

/** The query string with some fields changed: others stay, defaults and empty values are left out. */
export function writeAddress<S extends Shape>(
  schema: z.ZodObject<S>,
  search: string,
  change: Partial<z.output<z.ZodObject<S>>>,
): string {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    next.delete(name);
    const usual: unknown = schema.shape[name]?.safeParse(undefined).data;
    if (value === undefined || value === null || value === '' || same(value, usual)) continue;
    for (const one of Array.isArray(value) ? value : [value]) next.append(name, String(one));
  }
  const written = next.toString();
  return written ? `?${written}` : '';
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * State of a page that lives in its address, so that a link reproduces it and Back works:
 * `const [filters, setFilters] = useAddressState(z.object({ search: z.string().default(''), days: z.coerce.number().default(30) }))`.
 * Declare the schema outside the component. Give `{ replace: true }` where each keystroke should not become a step back.
 */
export function useAddressState<S extends Shape>(schema: z.ZodObject<S>) {
  const router = useRouter();
  const search = useLocation({ select: (location) => location.searchStr });
  const state = useMemo(() => readAddress(schema, search), [schema, search]);
  const set = useCallback(
    (change: Partial<z.output<z.ZodObject<S>>>, { replace = false } = {}) => {
      const { pathname, search: now } = router.history.location;
      const href = pathname + writeAddress(schema, now, change);
      if (replace) router.history.replace(href);
      else router.history.push(href);
    },
    [router, schema],
  );
  return [state, set] as const;
}
