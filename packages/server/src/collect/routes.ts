import { Readable } from 'node:stream';
import { collectEndpoints as e } from '@qianmian/contract';
import type { FastifyRequest } from 'fastify';
import type { Audit } from '../governance/index.ts';
import type { Clock } from '../platform/clock.ts';
import { csvLine } from '../platform/csv.ts';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import { AppError } from '../platform/errors.ts';
import type { Mount } from '../platform/http.ts';
import type { ImportRuns, UploadedFile } from './import-runs.ts';
import type { Mappings } from './mappings.ts';
import { type ImportNote, type Masks, openMasked } from './masked.ts';
import type { Owners } from './owners.ts';
import type { HeldMessages } from './quality/index.ts';
import type { Quotas } from './quota.ts';
import type { CollectWarehouse } from './store.ch.ts';

/** HTTP edge of collection, but for the tracking protocol itself. */
export function collectRoutes(
  mount: Mount,
  parts: {
    runs: ImportRuns;
    mappings: Mappings;
    warehouse: CollectWarehouse;
    held: HeldMessages;
    clock: Clock;
    people: Owners;
    masks: Masks;
    audit: Audit;
    quotas: Quotas;
  },
): void {
  const { runs, mappings, warehouse, audit, quotas } = parts;
  const masked = openMasked(parts.masks);
  const REVEAL = 'customer.reveal';

  /** How the caller may see the notes of an import. */
  const notesShown = async (workspace: string, id: string, reveal: boolean) => {
    const run = await runs.row(workspace, id);
    return reveal ? <T extends ImportNote>(note: T) => note : masked.notes(run);
  };

  mount(e.listEvents, async ({ workspace, query, may }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const whose = query.personId ? await parts.people.whoIs(workspace, query.personId) : undefined;
    const rows = await warehouse.events(workspace, {
      name: query.name,
      whose,
      ...page,
      limit: page.limit + 1,
      now: parts.clock.now(),
    });
    const people = await parts.people.whoseAre(workspace, rows);
    return pageFrom(
      rows.map((r, i) => ({
        messageId: may(REVEAL) ? r.message_id : masked.messageId(r.message_id),
        name: r.name,
        time: r.time,
        receivedAt: r.received_at,
        personId: people[i] || null,
        source: r.source,
        channel: r.channel,
        properties: may(REVEAL) ? r.properties : masked.properties(r.properties),
        context: shownJson(r.context, may(REVEAL) ? null : masked.properties),
        envelope: shownJson(r.envelope, may(REVEAL) ? null : masked.properties),
        original:
          r.protocol === '' ? null : { protocol: r.protocol, name: r.original_name, mapping: r.mapping },
      })),
      page,
    );
  });
  mount(e.listQuarantine, async ({ workspace, query, may }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const { state, reason, event, source, id } = query;
    const selection = { reason, event, source, ...(id === undefined ? {} : { ids: [id] }) };
    const rows = await parts.held.list(workspace, selection, { state, ...page, limit: page.limit + 1 });
    return pageFrom(
      rows
        .map((r) => ({
          ...{ id: r.id, receivedAt: r.received_at, source: r.source, reason: r.reason, detail: r.detail },
          ...{ payload: r.payload, event: r.event, state: r.state, decidedBy: r.decided_by || null },
          decision: r.decision || null,
          decidedAt: r.decided_by ? r.decided_at : null,
        }))
        .map((r) => (may(REVEAL) ? r : masked.quarantined(r))),
      page,
    );
  });

  mount(e.listImports, async ({ workspace, query, may }) => {
    const list = await runs.list(workspace, query.limit);
    return may(REVEAL) ? list : list.map(masked.import);
  });
  mount(e.createImport, async ({ workspace, query, who, request }) => {
    if (!request.isMultipart())
      throw new AppError({
        code: 'import.not_multipart',
        status: 415,
        detail: 'Send the files as multipart/form-data.',
      });
    await quotas.upload(workspace, Number(request.headers['content-length'] ?? 0) || 0);
    const settings = { ...query };
    const made = await runs.create(workspace, who.name, settings, uploadsOf(request, settings));
    await audit.note(workspace, who, 'import.create', made.id, { files: made.files.length });
    return made;
  });
  mount(e.getImport, async ({ workspace, params, may }) => {
    const run = await runs.get(workspace, params.id);
    return may(REVEAL) ? run : masked.import(run);
  });
  mount(e.updateImport, async ({ workspace, params, body, who }) => {
    const changed = await runs.update(workspace, params.id, body);
    const { mappings: given, ...settings } = body;
    const mapped = given ? { mappings: Object.keys(given).length } : {};
    await audit.note(workspace, who, 'import.change', params.id, { ...settings, ...mapped });
    return changed;
  });
  mount(e.startImport, async ({ workspace, params, who }) => {
    const started = await runs.start(workspace, params.id);
    await audit.note(workspace, who, 'import.start', params.id);
    return started;
  });
  mount(e.cancelImport, async ({ workspace, params, who }) => {
    const cancelled = await runs.cancel(workspace, params.id);
    await audit.note(workspace, who, 'import.cancel', params.id);
    return cancelled;
  });
  mount(e.previewUndo, ({ workspace, params }) => runs.previewUndo(workspace, params.id));
  mount(e.undoImport, async ({ workspace, params, who }) => {
    const begun = await runs.undo(workspace, params.id);
    await audit.note(workspace, who, 'import.undo', params.id);
    return begun;
  });
  mount(e.listImportNotes, async ({ workspace, params, query, may }) => {
    const note = await notesShown(workspace, params.id, may(REVEAL));
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    const [rows, total] = await Promise.all([
      runs.notes(workspace, params.id, { ...query, ...page, limit: page.limit + 1 }),
      runs.countNotes(workspace, params.id, query),
    ]);
    return pageFrom(rows.map(note), page, total);
  });
  mount(e.downloadImportNotes, async ({ workspace, params, query, reply, may }) => {
    const note = await notesShown(workspace, params.id, may(REVEAL));
    reply.header('content-disposition', `attachment; filename="import-${params.id.slice(0, 8)}-rows.csv"`);
    return Readable.from(noteLines(runs, workspace, params.id, { kind: query.kind, note }));
  });

  mount(e.listMappings, ({ workspace }) => mappings.list(workspace));
  mount(e.saveMapping, async ({ workspace, body, who }) => {
    const saved = await mappings.save(workspace, body.name, body.mapping);
    await audit.note(workspace, who, 'mapping.save', saved.id, { name: saved.name });
    return saved;
  });
  mount(e.deleteMapping, async ({ workspace, params, who }) => {
    await mappings.remove(workspace, params.id);
    await audit.note(workspace, who, 'mapping.delete', params.id);
    return undefined;
  });
}

/** What is kept of a message as text, as who asks may see it; events stored before it was kept have none. */
function shownJson(text: string, mask: ((all: Record<string, unknown>) => Record<string, unknown>) | null) {
  const said = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return mask ? mask(said) : said;
}

/** The files of an upload; fields beside them are settings, and count where the address says nothing of it. */
async function* uploadsOf(
  request: FastifyRequest,
  settings: { preset?: string | undefined; currency?: string | undefined; timeZone?: string | undefined },
): AsyncGenerator<UploadedFile> {
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      const name = SETTINGS.find((one) => one === part.fieldname);
      if (name === undefined || typeof part.value !== 'string' || part.value.length > MOST_SETTING)
        throw new AppError({
          code: 'request.invalid',
          status: 400,
          detail: `The form has a field "${part.fieldname.slice(0, MOST_SETTING)}" that says nothing here; beside files there may be ${SETTINGS.join(', ')}.`,
        });
      settings[name] ??= part.value;
      continue;
    }
    yield { name: part.filename, content: part.file };
    if (part.file.truncated)
      throw new AppError({
        code: 'request.too_large',
        status: 413,
        detail: `"${part.filename}" is larger than 2 GiB; split it or compress it with gzip.`,
      });
  }
}

const SETTINGS = ['preset', 'currency', 'timeZone'] as const;
const MOST_SETTING = 60;

async function* noteLines(
  runs: ImportRuns,
  workspace: string,
  id: string,
  { kind, note }: { kind: string | undefined; note: <T extends ImportNote>(note: T) => T },
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(['kind', 'file', 'row', 'code', 'field', 'message', 'raw'])}`;
  for (let offset = 0; ; offset += 10_000) {
    const rows = await runs.notes(workspace, id, { kind, limit: 10_000, offset });
    yield rows
      .map(note)
      .map((r) => csvLine([r.kind, r.file, r.row, r.code, r.field, r.message, r.raw]))
      .join('');
    if (rows.length < 10_000) return;
  }
}
