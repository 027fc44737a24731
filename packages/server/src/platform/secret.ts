import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The installation's signing secret: made once, kept in the data folder, readable by its owner only. One that is there and
 * cannot be read is never replaced: links in letters and secrets of sources that are sealed with it would be lost.
 */
export async function loadSecret(dataDir: string): Promise<Buffer> {
  const file = join(dataDir, 'secret');
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (known === null) return makeSecret(file);
  if (!/^[0-9a-f]{64}$/.test(known.trim()))
    throw new Error(
      `${file} does not hold the 64 hexadecimal digits that were written to it. Put it back from a backup; or remove it to begin with a new one, and then links in letters sent before and the secrets of webhooks and other sources no longer work.`,
    );
  return Buffer.from(known.trim(), 'hex');
}

/** Written whole or not at all: the file has its name only once it is on disk. */
async function makeSecret(file: string): Promise<Buffer> {
  const made = randomBytes(32);
  const draft = `${file}.new`;
  await writeFile(draft, made.toString('hex'), { mode: 0o600, flush: true });
  await rename(draft, file);
  return made;
}

/** A random token and the hash that is stored in its stead. */
export function makeToken(prefix: string): { token: string; hash: string } {
  const token = `${prefix}${randomBytes(24).toString('base64url')}`;
  return { token, hash: hashOf(token) };
}

/** What is stored of a token: tokens are random and long, so a plain hash suffices. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A short signature that ties a value to this installation. */
export function sign(secret: Buffer, value: string): string {
  return createHmac('sha256', secret).update(value).digest('base64url').slice(0, 22);
}

/** Whether a signature is ours, in constant time. */
export function isSigned(secret: Buffer, value: string, signature: string): boolean {
  const right = Buffer.from(sign(secret, value));
  const given = Buffer.from(signature);
  return right.length === given.length && timingSafeEqual(right, given);
}
