import { z } from 'zod';
import './fault-words.ts';
import type { Permission } from './permission.ts';
import { strictThroughout } from './strict.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may call: anyone, anyone signed in, or who holds the permission in the workspace named in the path. */
export type Access = 'public' | 'signedIn' | Permission;

/**
 * One HTTP endpoint said once: the server builds its route, OpenAPI and permission check from it, the console and the
 * CLI their typed calls.
 */
export interface Endpoint<
  P extends z.ZodTypeAny = z.ZodTypeAny,
  Q extends z.ZodTypeAny = z.ZodTypeAny,
  B extends z.ZodTypeAny = z.ZodTypeAny,
  R extends z.ZodTypeAny = z.ZodTypeAny,
> {
  method: Method;
  /** Path with `:name` parameters; everything of a workspace lies under `/v1/workspaces/:workspace`. */
  path: string;
  summary: string;
  domain: string;
  access: Access;
  params: P;
  query: Q;
  body: B;
  response: R;
  /** What the answer is when it is not JSON. */
  media?: 'text/csv' | 'text/html' | 'application/octet-stream';
}

const nothing = z.object({}).optional();
const none = z.unknown().optional();
const UNKNOWN = 'is not a parameter of this address';
// Not z.never(): a strict object names the parameter in the message, and no field of it.
const unknownParameter = z.string(UNKNOWN).refine(() => false, UNKNOWN);

/** The schema of a query, refusing by name what it does not know: a misspelt filter must not answer everything. */
function strict(query: z.ZodTypeAny | undefined): z.ZodTypeAny {
  if (query === undefined) return z.object({}).catchall(unknownParameter);
  return query instanceof z.ZodObject ? query.catchall(unknownParameter) : query;
}

type Or<T, D extends z.ZodTypeAny> = T extends z.ZodTypeAny ? T : D;

/** Declares an endpoint; parts left out take and give nothing, and query and body take only what is declared. */
export function endpoint<
  P extends z.ZodTypeAny | undefined = undefined,
  Q extends z.ZodTypeAny | undefined = undefined,
  B extends z.ZodTypeAny | undefined = undefined,
  R extends z.ZodTypeAny | undefined = undefined,
>(e: {
  method: Method;
  path: string;
  summary: string;
  domain: string;
  access: Access;
  params?: P;
  query?: Q;
  body?: B;
  response?: R;
  media?: Endpoint['media'];
}): Endpoint<Or<P, typeof nothing>, Or<Q, typeof nothing>, Or<B, typeof none>, Or<R, typeof none>> {
  return {
    ...e,
    params: e.params ?? nothing,
    query: strict(e.query),
    body: e.body ? strictThroughout(e.body) : none,
    response: e.response ?? none,
  } as unknown as Endpoint<
    Or<P, typeof nothing>,
    Or<Q, typeof nothing>,
    Or<B, typeof none>,
    Or<R, typeof none>
  >;
}

/** What a caller gives to an endpoint (before defaults are filled in). */
export type CallOf<E> =
  E extends Endpoint<infer P, infer Q, infer B, z.ZodTypeAny>
    ? { params: z.input<P>; query: z.input<Q>; body: z.input<B> }
    : never;

/** What an endpoint answers. */
export type AnswerOf<E> =
  E extends Endpoint<z.ZodTypeAny, z.ZodTypeAny, z.ZodTypeAny, infer R> ? z.output<R> : never;

/** Workspace ids are short slugs chosen once: they appear in addresses, write keys and table rows. */
export const workspaceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,39}$/, 'must be 2-40 lower-case letters, digits or "-", beginning with a letter');

/** Counts the changes of a thing that several people may edit. */
export const revision = z.number().int().min(1);

export const inWorkspace = z.object({ workspace: workspaceId });

/** Ids of people are small integers, dense within a workspace; in JSON they are numbers. */
export const personId = z.coerce.number().int().min(1).max(4_294_967_295);

export const withId = inWorkspace.extend({ id: z.string().min(1).max(80) });

/** Page of a list: an opaque cursor from the answer before, and how many rows. */
export const pageQuery = z.object({
  cursor: z.string().max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});

/** A page of rows, the cursor of the next one when there is more, and the total where it is cheap to know. */
export function pageOf<T extends z.ZodTypeAny>(row: T) {
  return z.object({ rows: z.array(row), nextCursor: z.string().nullable(), total: z.number().nullable() });
}

/** Times in JSON are ISO 8601 in UTC. */
export const isoTime = z.iso.datetime({ offset: true });
/** Calendar days in the workspace's zone, e.g. 2026-11-22. */
export const isoDay = z.iso.date();

/** RFC 9457 problem details, with our stable code and the faults by field. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  fields: z.record(z.string(), z.string()).optional(),
});
export type Problem = z.infer<typeof problem>;
