import { demoEndpoints as e } from '@qianmian/contract';
import { type Clock, isoOf } from '../platform/clock.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import type { Mount, Principal } from '../platform/http.ts';
import type { Mailbox } from './mailbox.ts';
import { DEMO_WORKSPACE, type Retailer } from './retailer.ts';

/** HTTP edge of the demo: its mailbox and its clock, for who may enter the demo's workspace. */
export function demoRoutes(
  mount: Mount,
  parts: { clock: Clock; mailbox: Mailbox; retailer: Retailer },
): void {
  const { clock, mailbox, retailer } = parts;
  const state = async () => ({
    workspace: DEMO_WORKSPACE,
    now: isoOf(clock.now()),
    letters: await mailbox.count(),
    ...retailer.status(),
  });

  mount(e.getDemo, async ({ who }) => {
    mayEnter(who, 'overview.read');
    return state();
  });
  mount(e.advanceDemo, async ({ who, body }) => {
    mayEnter(who, 'data.write');
    await retailer.advance(body.hours);
    return state();
  });
  mount(e.listLetters, async ({ who, query }) => {
    mayEnter(who, 'customer.reveal');
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const found = await mailbox.list({ ...page, limit: page.limit + 1, search: query.search ?? '' });
    return pageFrom(found.rows, page, found.total);
  });
  mount(e.getLetter, async ({ who, params }) => {
    mayEnter(who, 'customer.reveal');
    return mailbox.read(params.id);
  });
}

function mayEnter(who: Principal, permission: 'overview.read' | 'data.write' | 'customer.reveal'): void {
  if (!who.permissionsIn(DEMO_WORKSPACE)?.has(permission))
    throw new AppError({
      code: 'auth.forbidden',
      status: 403,
      detail: `This needs the permission "${permission}" in the demo's workspace.`,
    });
}
