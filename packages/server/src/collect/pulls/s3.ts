import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as breath } from 'node:timers/promises';
import type { PullConnection } from '@qianmian/contract';
import { SaxesParser } from 'saxes';
import { AppError } from '../../platform/errors.ts';
import type { Outgoing } from '../../platform/outgoing.ts';
import { fileTooBig, storage, tooManyFiles, tooSlow, unreachable } from './errors.ts';
import { globOf } from './glob.ts';
import { within } from './patience.ts';
import { encoded, queryText, signedHeaders } from './signature-v4.ts';
import { MOST_BYTES, MOST_FILES, type RemoteFile, type Storage } from './storage.ts';

type S3Connection = Extract<PullConnection, { kind: 's3' }>;

const SILENCE_MS = 30_000;
/** The longest that a page of a listing, all of its pages, and an object may take. */
const PAGE_MS = 60_000;
const LIST_MS = 300_000;
const OBJECT_MS = 1_800_000;
/** Pages without a key that are believed one behind another: markers of deleted objects make some. */
const EMPTY_PAGES = 20;
const MOST_LIST_BYTES = 16 * 1024 * 1024;
/** How long names are matched before others have their turn. */
const MATCHING_MS = 20;

/**
 * A bucket of an S3-compatible storage. The host is looked up before each request and the address it had is what is
 * called, under its own name; where the storage sends us elsewhere, we do not go.
 */
export function openS3(
  connection: S3Connection,
  secret: string,
  { outgoing, signal }: { outgoing: Outgoing; signal?: AbortSignal | undefined },
): Storage {
  const endpoint = new URL(connection.endpoint);
  const isInHost = connection.addressing === 'host';
  const host = isInHost ? `${connection.bucket}.${endpoint.host}` : endpoint.host;
  const root = isInHost ? '/' : `/${connection.bucket}/`;

  async function get(
    key: string,
    query: Record<string, string>,
    waiting: AbortSignal,
  ): Promise<IncomingMessage> {
    const url = new URL(`${endpoint.protocol}//${host}`);
    const { address, family } = await outgoing.reach(url.hostname);
    const path = root + key.split('/').map(encoded).join('/');
    const signing = { method: 'GET', host: url.host, path, query, secret, now: Date.now() };
    const { region, accessKey } = connection;
    const search = queryText(query);
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)({
        host: url.hostname,
        port: url.port || undefined,
        path: search === '' ? path : `${path}?${search}`,
        headers: signedHeaders({ ...signing, region, accessKey }),
        // The address that was checked, whatever the name means by now.
        lookup: (_name, options, done) =>
          options.all ? done(null, [{ address, family }]) : done(null, address, family),
        timeout: SILENCE_MS,
        agent: false,
        signal: waiting,
      });
      sent.once('response', resolve);
      sent.once('timeout', () => sent.destroy(new Error('silence')));
      sent.once('error', reject);
      sent.end();
    }).catch((error) => {
      waiting.throwIfAborted();
      throw error instanceof AppError ? error : unreachable();
    });
    if (answer.statusCode === 200) return answer;
    throw storage(answer.statusCode ?? 0, codeOf(await textOf(answer, waiting).catch(() => '')));
  }

  return {
    async list(pattern) {
      const { prefix, matches } = globOf(pattern);
      const found: RemoteFile[] = [];
      let token: string | undefined;
      let listed = 0;
      let empty = 0;
      const tokens = new Set<string>();
      const endsAt = performance.now() + LIST_MS;
      do {
        const query = {
          ...{ 'list-type': '2', prefix, 'encoding-type': 'url', 'max-keys': '1000' },
          ...(token === undefined ? {} : { 'continuation-token': token }),
        };
        const page = listingOf(
          await within(PAGE_MS, signal, async (waiting) => textOf(await get('', query, waiting), waiting)),
        );
        let began = performance.now();
        for (const file of page.files) {
          if (matches(file.path) && !file.path.endsWith('/')) found.push(file);
          if (performance.now() - began < MATCHING_MS) continue;
          await breath();
          began = performance.now();
        }
        listed += page.files.length;
        if (found.length > MOST_FILES || listed > 10 * MOST_FILES) throw tooManyFiles(pattern);
        token = page.next;
        empty = page.files.length === 0 ? empty + 1 : 0;
        // A storage that leads in a circle, or on and on without a key, is not followed for ever.
        if ((token !== undefined && tokens.has(token)) || empty > EMPTY_PAGES)
          throw storage(200, 'EndlessListing');
        if (performance.now() > endsAt) throw tooSlow(LIST_MS);
        if (token !== undefined) tokens.add(token);
      } while (token !== undefined);
      return found;
    },

    async withFile(file, work) {
      if (file.bytes > MOST_BYTES) throw fileTooBig(file.path, MOST_BYTES / 1024 ** 2);
      const folder = await mkdtemp(join(tmpdir(), 'qianmian-pull-'));
      const path = join(folder, 'object');
      try {
        let bytes = 0;
        const counted = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            bytes += chunk.length;
            if (bytes > MOST_BYTES) done(fileTooBig(file.path, MOST_BYTES / 1024 ** 2));
            else done(null, chunk);
          },
        });
        await within(OBJECT_MS, signal, async (waiting) => {
          const answer = await get(file.path, {}, waiting);
          const expected = Number(answer.headers['content-length'] ?? Number.NaN);
          await pipeline(answer, counted, createWriteStream(path, { mode: 0o600 })).catch((error) => {
            waiting.throwIfAborted();
            throw error instanceof AppError ? error : unreachable();
          });
          if (Number.isFinite(expected) && bytes !== expected) throw unreachable();
        });
        return await work(path);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function textOf(answer: IncomingMessage, waiting: AbortSignal): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of answer) {
      bytes += (part as Buffer).length;
      if (bytes > MOST_LIST_BYTES) throw unreachable();
      parts.push(part as Buffer);
    }
  } catch {
    waiting.throwIfAborted();
    throw unreachable();
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The storage's own code of an error; nothing else of its answer is told. */
function codeOf(xml: string): string {
  return /<Code>(\w{1,60})<\/Code>/.exec(xml)?.[1] ?? '';
}

/** A page of ListObjectsV2. */
function listingOf(xml: string): { files: RemoteFile[]; next: string | undefined } {
  const files: RemoteFile[] = [];
  const parser = new SaxesParser();
  const path: string[] = [];
  let text = '';
  let one: Record<string, string> = {};
  const top: Record<string, string> = {};
  parser.on('opentag', ({ name }) => {
    path.push(name);
    text = '';
    if (name === 'Contents') one = {};
  });
  parser.on('text', (more) => {
    text += more;
  });
  parser.on('closetag', ({ name }) => {
    path.pop();
    const inside = path.at(-1);
    if (inside === 'Contents') one[name] = text;
    else if (path.length === 1) top[name] = text;
    if (name === 'Contents')
      files.push(fileOf(one, top.EncodingType === 'url' || xml.includes('<EncodingType>url<')));
    text = '';
  });
  parser.on('error', () => {
    throw storage(200, 'BadListing');
  });
  parser.write(xml).close();
  if (path.length > 0 || !/<ListBucketResult/.test(xml)) throw storage(200, 'BadListing');
  const next = top.IsTruncated === 'true' ? top.NextContinuationToken : undefined;
  return { files, next };
}

function fileOf(one: Record<string, string>, isEncoded: boolean): RemoteFile {
  const key = one.Key ?? '';
  return {
    path: isEncoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key,
    bytes: Number(one.Size ?? 0),
    changedAt: Date.parse(one.LastModified ?? '') || 0,
    version: `${(one.ETag ?? '').replaceAll('"', '') || (one.LastModified ?? '')}/${one.Size ?? ''}`,
  };
}
