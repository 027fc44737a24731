import { collectEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import type { Mount } from '../platform/http.ts';
import type { AcceptCall, Hooks } from './hooks/hooks.ts';
import { HOOK_PRESETS, sampleText } from './hooks/presets/index.ts';
import { type Masks, openMasked, withoutKey } from './masked.ts';
import { type Hook, noWebhook, type Sources } from './sources.ts';

const REVEAL = 'customer.reveal';

/** HTTP edge of sources: what they are, how their calls are read, and what came. */
export function sourceRoutes(
  mount: Mount,
  parts: { sources: Sources; hooks: Hooks; accept: AcceptCall; masks: Masks; audit: Audit },
): void {
  const { sources, hooks, accept, audit } = parts;
  const masked = openMasked(parts.masks);

  async function hookOf(workspace: string, id: string): Promise<Hook> {
    const source = await sources.one(workspace, id);
    const hook = await sources.hook(id);
    if (!hook || hook.workspace !== workspace) throw noWebhook(source.name);
    return hook;
  }

  mount(e.listSources, async ({ workspace, may }) => {
    const list = await sources.list(workspace);
    return may('data.write') ? list : list.map(withoutKey);
  });
  mount(e.getSource, async ({ workspace, params, may }) => {
    const source = await sources.one(workspace, params.id);
    return may('data.write') ? source : withoutKey(source);
  });
  mount(e.createSource, async ({ workspace, body, who }) => {
    const made =
      body.kind === 'webhook'
        ? await sources.createWebhook(workspace, body)
        : { id: await sources.create(workspace, body.name, body.client), secret: null };
    await audit.note(workspace, who, 'source.create', made.id, { name: body.name, kind: body.kind });
    return { ...(await sources.one(workspace, made.id)), secret: made.secret };
  });
  mount(e.updateSource, async ({ workspace, params, body, who }) => {
    const before = await sources.one(workspace, params.id);
    await sources.update(workspace, params.id, body);
    await audit.note(workspace, who, 'source.update', params.id, { changed: Object.keys(body).join(', ') });
    // What came while it was paused is read now.
    if (body.isPaused === false && before.state === 'paused' && before.kind === 'webhook')
      await hooks.replay(await hookOf(workspace, params.id), accept);
    return sources.one(workspace, params.id);
  });
  mount(e.rotateSource, async ({ workspace, params, body, who }) => {
    const secret = await sources.rotate(workspace, params.id, body);
    await audit.note(workspace, who, 'source.rotate', params.id, { graceHours: body.graceHours });
    return { ...(await sources.one(workspace, params.id)), secret };
  });
  mount(e.deleteSource, async ({ workspace, params, who }) => {
    await sources.revoke(workspace, params.id);
    await audit.note(workspace, who, 'source.revoke', params.id);
    return undefined;
  });

  mount(e.listHookPresets, async () =>
    Object.entries(HOOK_PRESETS).map(([name, preset]) => ({
      name: name as keyof typeof HOOK_PRESETS,
      version: preset.version,
      check: preset.check,
      mapping: preset.mapping,
      sample: { headers: preset.sample.headers ?? {}, body: sampleText(preset) },
    })),
  );
  mount(e.trySource, async ({ workspace, params, body, may }) => {
    const hook = await hookOf(workspace, params.id);
    const mapping = body.mapping ?? hook.mapping;
    const call = body.deliveryId
      ? await hooks.one(workspace, params.id, body.deliveryId)
      : body.sample && { headers: lowered(body.sample.headers), query: {}, body: body.sample.body };
    if (!call) throw nothingToTry();
    const trial = await hooks.try(hook, mapping, call);
    if (may(REVEAL)) return trial;
    return { ...trial, messages: trial.messages.map(masked.properties) };
  });
  mount(e.listDeliveries, async ({ workspace, params, query }) => {
    await sources.one(workspace, params.id);
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const rows = await hooks.list(workspace, params.id, {
      outcome: query.outcome,
      ...page,
      limit: page.limit + 1,
    });
    return pageFrom(rows.map(shownDelivery), page);
  });
  mount(e.getDelivery, async ({ workspace, params, may }) => {
    await sources.one(workspace, params.id);
    const one = await hooks.one(workspace, params.id, params.deliveryId);
    const body = may(REVEAL) ? one.body : masked.quarantined({ detail: '', payload: one.body }).payload;
    return { ...shownDelivery(one), headers: one.headers, body };
  });
  mount(e.replayDeliveries, async ({ workspace, params, body, who }) => {
    const done = await hooks.replay(await hookOf(workspace, params.id), accept, body.deliveryId);
    await audit.note(workspace, who, 'source.replay', params.id, { calls: done.replayed });
    return done;
  });
}

function shownDelivery(row: Awaited<ReturnType<Hooks['list']>>[number]) {
  const { id, topic, bytes, outcome, messages, reason, detail } = row;
  return {
    ...{ id, topic, bytes, outcome, messages, reason, detail },
    receivedAt: row.received_at,
    mappingVersion: row.mapping_version,
  };
}

/** Names of headers as they come: in lower case. */
function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const nothingToTry = () =>
  new AppError({
    code: 'request.invalid',
    status: 400,
    detail: 'Give a sample, or the id of a delivery.',
    fields: { sample: 'must be given, or deliveryId' },
  });
