import { randomUUID } from 'node:crypto';
import {
  CLIENT_DEFAULTS,
  type ClientKey,
  dayIn,
  type HookCheck,
  type HookMapping,
  type HookPresetName,
  type Source,
  startOfDay,
} from '@qianmian/contract';
import type { Selectable } from 'kysely';
import type { Workspaces } from '../governance/index.ts';
import { type Clock, HOUR, isoOf, isoOrNull, SECOND } from '../platform/clock.ts';
import { AppError, notFound, TryLater } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';
import { seal, unseal } from '../platform/sealed.ts';
import { makeToken } from '../platform/secret.ts';
import { HOOK_PRESETS } from './hooks/presets/index.ts';
import type { HookWarehouse } from './hooks/store.ch.ts';
import { openSourceHealth } from './source-health.ts';
import type { CollectWarehouse } from './store.ch.ts';
import type { CollectTables } from './store.pg.ts';

/** How long a revoked key may still be honoured by another process. */
const TRUST = 30 * SECOND;
/** The same for how a webhook is checked and read. */
const HOOK_TRUST = 5 * SECOND;
/** Keys remembered at once; those asked for longest ago are forgotten first. */
const REMEMBERED_KEYS = 10_000;
/** The form of the keys we make; anything else is unknown without asking the ledger. */
const KEY_FORM = /^qmw_[\w-]{8,80}$/;
const ID_FORM = /^src_[0-9a-f]{12}$/;
/** Seconds after which the client of a paused source may ask again. */
const PAUSED_SECONDS = 300;
/** What secrets of senders are sealed for. */
const PURPOSE = 'collect.source';

type Row = Selectable<CollectTables['collect_source']>;

/** A webhook, as its calls are checked and read. */
export interface Hook {
  workspace: string;
  sourceId: string;
  preset: HookPresetName;
  check: HookCheck;
  /** Those that are valid now. */
  secrets: string[];
  mapping: HookMapping;
  mappingVersion: number;
  isPaused: boolean;
  isRevoked: boolean;
}

/** Where a write key leads, and what of it counts where it is a client's. */
export interface KeyOfSource {
  workspace: string;
  sourceId: string;
  client: ClientKey | null;
}

/** Places events come from: trackers and servers with a write key, and services that call us. */
export function openSources(parts: {
  ledger: Ledger;
  warehouse: CollectWarehouse;
  hookWarehouse: HookWarehouse;
  workspaces: Workspaces;
  clock: Clock;
  /** The installation's own, by which those of senders are sealed. */
  secret: Buffer;
}) {
  const db = parts.ledger.withTables<CollectTables>();
  const { clock, workspaces } = parts;
  const health = openSourceHealth(parts);
  type Key = (KeyOfSource & { isPaused: boolean; until: number }) | { until: number };
  const limits = new Map<string, { client: ClientKey | null; until: number }>();
  const keys = new Map<string, Key>();
  const hooks = new Map<string, { hook: Hook | null; until: number }>();

  const newId = () => `src_${randomUUID().slice(0, 13).replaceAll('-', '')}`;
  const sealed = (text: string) => seal(parts.secret, PURPOSE, text);
  const forget = (id: string) => {
    keys.clear();
    hooks.delete(id);
    limits.delete(id);
  };

  async function create(workspace: string, name: string, client: ClientKey | null = null): Promise<string> {
    const id = newId();
    const write_key = makeToken('qmw_').token;
    await insert({ id, workspace, name, kind: 'tracker', write_key, client: jsonOrNull(client) });
    return id;
  }

  async function insert(row: Pick<Row, 'id' | 'workspace' | 'name' | 'kind' | 'write_key'> & Partial<Row>) {
    await db
      .insertInto('collect_source')
      .values({ ...row, created_at: new Date(clock.now()) } as never)
      .execute();
  }

  async function row(workspace: string, id: string): Promise<Row> {
    const found = await db
      .selectFrom('collect_source')
      .selectAll()
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (!found) throw notFound('source', id);
    return found;
  }

  async function change(workspace: string, id: string, set: Record<string, unknown>): Promise<void> {
    const changed = await db
      .updateTable('collect_source')
      .set(set as never)
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (Number(changed.numUpdatedRows) === 0) throw notFound('source', id);
    forget(id);
  }

  async function list(workspace: string): Promise<Source[]> {
    await health.flush();
    const { timeZone } = await workspaces.get(workspace);
    const today = dayIn(timeZone, clock.now());
    const [rows, counts, sinceMidnight, refused] = await Promise.all([
      db
        .selectFrom('collect_source')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('revoked_at', 'is', null)
        .orderBy('created_at')
        .execute(),
      parts.warehouse.countsBySource(workspace),
      parts.hookWarehouse.countsSince(workspace, startOfDay(timeZone, today)),
      health.refusedOn(workspace, today),
    ]);
    const counted = new Map(counts.map((c) => [c.source, c]));
    return rows.map((r) => ({
      id: r.id,
      name: r.name,
      kind: kindOf(r),
      ...stateOf(r),
      lastError: r.last_error,
      lastErrorAt: isoOrNull(r.last_error_at),
      writeKey: r.kind === 'tracker' ? r.write_key : '',
      client: r.client as ClientKey | null,
      formerUntil:
        r.former_until && r.former_until.getTime() > clock.now() ? r.former_until.toISOString() : null,
      createdAt: r.created_at.toISOString(),
      lastEventAt: counted.get(r.id)?.last ?? null,
      events: counted.get(r.id)?.events ?? 0,
      today: {
        accepted: sinceMidnight.accepted.get(r.id) ?? 0,
        quarantined: sinceMidnight.quarantined.get(r.id) ?? 0,
        refused: refused.get(r.id) ?? 0,
      },
      hook: r.kind === 'webhook' ? shownHook(r) : null,
    }));
  }

  async function one(workspace: string, id: string): Promise<Source> {
    const found = (await list(workspace)).find((s) => s.id === id);
    if (!found) throw notFound('source', id);
    return found;
  }

  function hookFrom(r: Row): Hook {
    const isFormerValid =
      r.former_secret !== null && r.former_until !== null && r.former_until.getTime() > clock.now();
    const preset = r.preset as HookPresetName;
    return {
      workspace: r.workspace,
      sourceId: r.id,
      preset,
      check: r.hook_check as HookCheck,
      secrets: [r.secret, isFormerValid ? r.former_secret : null].flatMap((text) => {
        const secret = text === null ? null : unseal(parts.secret, PURPOSE, text);
        return secret === null ? [] : [secret];
      }),
      mapping: (r.mapping as HookMapping | null) ?? HOOK_PRESETS[preset].mapping,
      mappingVersion: r.mapping_version,
      isPaused: r.paused_at !== null,
      isRevoked: r.revoked_at !== null,
    };
  }

  return {
    create,
    list,
    one,

    /** Makes a webhook; answers its secret where it was made here: it can be shown now and never again. */
    async createWebhook(
      workspace: string,
      given: { name: string; preset: HookPresetName; check?: HookCheck; secret?: string },
    ): Promise<{ id: string; secret: string | null }> {
      const check = given.check ?? HOOK_PRESETS[given.preset].check;
      const secret = given.secret ?? madeSecret(check);
      const id = newId();
      await insert({
        ...{ id, workspace, name: given.name, kind: 'webhook', preset: given.preset },
        // Not of the form of a key: nobody sends events by it.
        write_key: `webhook:${id}`,
        hook_check: JSON.stringify(check) as never,
        secret: sealed(secret),
      });
      hooks.delete(id);
      return { id, secret: given.secret === undefined ? secret : null };
    },

    /** Changes what is given. A changed mapping is a new version; calls that came before keep what was made of them. */
    async update(
      workspace: string,
      id: string,
      given: {
        name?: string;
        isPaused?: boolean;
        client?: Partial<ClientKey> | null;
        check?: HookCheck;
        mapping?: HookMapping | null;
      },
    ): Promise<void> {
      const before = await row(workspace, id);
      if (before.kind !== 'webhook' && (given.check !== undefined || given.mapping !== undefined))
        throw noWebhook(before.name);
      if (before.kind === 'webhook' && given.client) throw noKey(before.name);
      const { name, isPaused, check, mapping, client } = given;
      await change(workspace, id, {
        name: name ?? before.name,
        ...(isPaused === undefined
          ? {}
          : { paused_at: isPaused ? (before.paused_at ?? new Date(clock.now())) : null }),
        ...(client === undefined
          ? {}
          : {
              client: jsonOrNull(
                client && { ...CLIENT_DEFAULTS, ...(before.client as ClientKey | null), ...client },
              ),
            }),
        ...(check === undefined ? {} : { hook_check: JSON.stringify(check) }),
        ...(mapping === undefined
          ? {}
          : {
              mapping: mapping === null ? null : JSON.stringify(mapping),
              mapping_version: before.mapping_version + 1,
            }),
      });
    },

    /** Gives a new key or secret; the one before is taken for as long as is said. Answers what was made here. */
    async rotate(
      workspace: string,
      id: string,
      { secret, graceHours }: { secret?: string; graceHours: number },
    ): Promise<string | null> {
      const before = await row(workspace, id);
      const former_until = graceHours > 0 ? new Date(clock.now() + graceHours * HOUR) : null;
      if (before.kind === 'tracker') {
        const former_key = former_until ? before.write_key : null;
        await change(workspace, id, { write_key: makeToken('qmw_').token, former_key, former_until });
        return null;
      }
      if (before.kind !== 'webhook') throw noWebhook(before.name);
      const made = secret ?? madeSecret(before.hook_check as HookCheck);
      const former_secret = former_until ? before.secret : null;
      await change(workspace, id, { secret: sealed(made), former_secret, former_until });
      return secret === undefined ? made : null;
    },

    async revoke(workspace: string, id: string): Promise<void> {
      // What opens the source is gone with it.
      await change(workspace, id, {
        revoked_at: new Date(clock.now()),
        ...{ former_key: null, secret: null, former_secret: null, former_until: null },
      });
    },

    /** Where a write key leads; null when it is unknown or revoked. Of a paused source the sender is asked to wait. */
    async byKey(writeKey: string): Promise<KeyOfSource | null> {
      if (!KEY_FORM.test(writeKey)) return null;
      const now = Date.now();
      const known = keys.get(writeKey);
      if (known && known.until > now) return 'workspace' in known ? unpaused(known) : null;
      const found = await db
        .selectFrom('collect_source')
        .select(['id', 'workspace', 'paused_at', 'client'])
        .where((e) =>
          e.or([
            e('write_key', '=', writeKey),
            e.and([e('former_key', '=', writeKey), e('former_until', '>', new Date(clock.now()))]),
          ]),
        )
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      dropOldest(keys);
      const isPaused = found?.paused_at != null;
      const key: Key = found
        ? {
            ...{ workspace: found.workspace, sourceId: found.id, isPaused, until: now + TRUST },
            client: found.client as ClientKey | null,
          }
        : { until: now + SECOND };
      keys.set(writeKey, key);
      return 'workspace' in key ? unpaused(key) : null;
    },

    /** What counts of a source whose key is a client's, revoked ones too; null where everything does. */
    async limitsOf(id: string): Promise<ClientKey | null> {
      if (!ID_FORM.test(id)) return null;
      const now = Date.now();
      const known = limits.get(id);
      if (known && known.until > now) return known.client;
      const found = await db
        .selectFrom('collect_source')
        .select('client')
        .where('id', '=', id)
        .executeTakeFirst();
      const client = (found?.client ?? null) as ClientKey | null;
      dropOldest(limits);
      limits.set(id, { client, until: now + HOOK_TRUST });
      return client;
    },

    /** A webhook by its source's id, revoked ones too; null where there is none. */
    async hook(id: string): Promise<Hook | null> {
      if (!ID_FORM.test(id)) return null;
      const now = Date.now();
      const known = hooks.get(id);
      if (known && known.until > now) return known.hook;
      const found = await db
        .selectFrom('collect_source')
        .selectAll()
        .where('id', '=', id)
        .where('kind', '=', 'webhook')
        .executeTakeFirst();
      const hook = found ? hookFrom(found) : null;
      dropOldest(hooks);
      hooks.set(id, { hook, until: now + (hook ? HOOK_TRUST : SECOND) });
      return hook;
    },

    health,
  };
}
export type Sources = ReturnType<typeof openSources>;

function dropOldest(map: Map<string, unknown>): void {
  if (map.size < REMEMBERED_KEYS) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

function kindOf({ kind }: Row): Source['kind'] {
  return kind === 'webhook' || kind === 'pull' ? kind : 'tracker';
}

function stateOf(r: Row): Pick<Source, 'state' | 'stateSince'> {
  if (r.paused_at) return { state: 'paused', stateSince: isoOf(r.paused_at.getTime()) };
  if (r.failing_since) return { state: 'failing', stateSince: isoOf(r.failing_since.getTime()) };
  return { state: 'active', stateSince: null };
}

function shownHook(r: Row): NonNullable<Source['hook']> {
  const preset = r.preset as HookPresetName;
  return {
    path: `/v1/hooks/${r.id}`,
    preset,
    check: r.hook_check as HookCheck,
    mapping: (r.mapping as HookMapping | null) ?? HOOK_PRESETS[preset].mapping,
    isPresets: r.mapping === null,
    mappingVersion: r.mapping_version,
  };
}

/** A secret where the sender takes ours; some give their own, and nothing is signed by one we would make. */
function madeSecret(check: HookCheck): string {
  if (check.kind === 'sendgrid' || check.kind === 'mailgun' || check.kind === 'twilio')
    throw new AppError({
      code: 'source.secret_missing',
      status: 422,
      detail: `Who sends by "${check.kind}" gives the key itself: paste it from there.`,
      fields: { secret: 'must be the key that the sender gives' },
    });
  return makeToken('qmh_').token;
}

function unpaused<T extends { isPaused: boolean }>(key: T): T {
  if (key.isPaused)
    throw new TryLater(
      {
        code: 'collect.paused',
        status: 503,
        detail: 'This source is paused; send again later.',
      },
      PAUSED_SECONDS,
    );
  return key;
}

const jsonOrNull = (value: unknown) => (value === null ? null : (JSON.stringify(value) as never));

/** What only a key has was asked of a webhook. */
const noKey = (name: string) =>
  new AppError({
    code: 'source.no_key',
    status: 409,
    detail: `"${name}" is a webhook: it has no write key that could be a client's.`,
  });

/** What only a webhook has was asked of another source. */
export const noWebhook = (name: string) =>
  new AppError({
    code: 'source.no_webhook',
    status: 409,
    detail: `"${name}" is no webhook: it has neither a check nor a secret of a sender.`,
  });
