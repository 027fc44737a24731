import { z } from 'zod';

const ORIGIN = /^(https?:\/\/)(\*\.)?([a-z0-9-]+(\.[a-z0-9-]+)*)(:\d{1,5})?$/;

/**
 * A key that stands in pages, apps and mini-programs, where anybody can read it: which pages may use it, and what of it
 * counts. A server's key has none of this and may say everything.
 */
const settings = z.strictObject({
  /** `https://shop.example`, or `https://*.shop.example` for all below it; none: any page. */
  origins: z
    .array(
      z
        .string()
        .trim()
        .toLowerCase()
        .max(200)
        .regex(ORIGIN, 'must be an origin such as https://shop.example or https://*.shop.example'),
    )
    .max(50),
  /** Orders that no server, file or service told count as revenue; else they are kept as events. */
  orders: z.boolean(),
  /** A yes to being written to counts; a no always does. */
  consent: z.boolean(),
});
export type ClientKey = z.infer<typeof settings>;

/** What holds of a client's key where nothing else is said. */
export const CLIENT_DEFAULTS: ClientKey = { origins: [], orders: true, consent: true };

export const clientKey = settings.extend({
  origins: settings.shape.origins.default([]),
  orders: settings.shape.orders.default(true),
  consent: settings.shape.consent.default(true),
});

/** What a change names; the rest stays as it is. */
export const clientKeyChange = settings.partial();

/** Whether an origin is the one that is allowed, or below it where that begins with `*.`. */
export function isOriginWithin(origin: string, allowed: string): boolean {
  const [, scheme, below, host, , port = ''] = ORIGIN.exec(allowed) ?? [];
  if (scheme === undefined) return false;
  const given = origin.toLowerCase();
  if (!below) return given === `${scheme}${host}${port}`;
  const end = `.${host}${port}`;
  const name = given.slice(scheme.length, given.length - end.length);
  return given.startsWith(scheme) && given.endsWith(end) && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name);
}
