import { z } from 'zod';
import { endpoint, isoTime, pageOf, pageQuery } from './endpoint.ts';

/** A letter that the demo's own SMTP server received. */
export const letter = z.object({
  id: z.string(),
  receivedAt: isoTime,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
});

export const demoState = z.object({
  /** The workspace the simulated retailer lives in. */
  workspace: z.string(),
  /** The demo's time: it runs with the real one and can be let run ahead. */
  now: isoTime,
  letters: z.number(),
  people: z.number(),
  /** Set while the world is being filled or let run ahead. */
  busy: z.object({ what: z.enum(['filling', 'advancing']), progress: z.number() }).nullable(),
});

/** Only in a demo: the loopback mailbox and the clock of the simulated retailer. */
export const demoEndpoints = {
  getDemo: endpoint({
    method: 'GET',
    path: '/v1/demo',
    summary: 'State of the simulated retailer',
    domain: 'demo',
    access: 'signedIn',
    response: demoState,
  }),
  advanceDemo: endpoint({
    method: 'POST',
    path: '/v1/demo/advance',
    summary: 'Let hours or days pass: the simulated customers react to what was sent to them',
    domain: 'demo',
    access: 'signedIn',
    body: z.object({
      hours: z
        .number()
        .int()
        .min(1)
        .max(24 * 60),
    }),
    response: demoState,
  }),
  listLetters: endpoint({
    method: 'GET',
    path: '/v1/demo/mailbox',
    summary: 'Letters the loopback SMTP server received, newest first',
    domain: 'demo',
    access: 'signedIn',
    query: pageQuery.extend({ search: z.string().max(200).optional() }),
    response: pageOf(letter),
  }),
  getLetter: endpoint({
    method: 'GET',
    path: '/v1/demo/mailbox/:id',
    summary: 'One letter with its parts and headers',
    domain: 'demo',
    access: 'signedIn',
    params: z.object({ id: z.string().max(80) }),
    response: letter.extend({
      html: z.string(),
      text: z.string(),
      headers: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  }),
};
