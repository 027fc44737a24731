import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.ts';
import type { Config } from './config.ts';

/** What the start tells of the first account. */
export interface OwnerSignIn {
  email: string;
  /** The password, at the one start that made it up. */
  password: string | null;
  /** The file that still holds it; null when it was chosen by the environment or changed since. */
  kept: string | null;
}

/**
 * Makes the first account when there is none. A password that nobody chose is made up, told once, and kept in a file
 * only the server's user can read until it is changed: what a start prints ends in the logs of services.
 */
export async function ensureOwner(app: App, config: Config): Promise<OwnerSignIn> {
  const file = join(config.dataDir, 'owner-password');
  const email = config.ownerEmail;
  const known = await app.accounts.byEmail(email);
  if (known) {
    if (!known.founder) await app.accounts.makeFounder(known.id);
    return { email, password: null, kept: await stillKept(app, email, file) };
  }
  const password = config.ownerPassword ?? randomBytes(9).toString('base64url');
  await app.accounts.create({ email, name: 'Owner', password, founder: true });
  if (config.ownerPassword) return { email, password: null, kept: null };
  await writeFile(file, password, { mode: 0o600 });
  return { email, password, kept: file };
}

async function stillKept(app: App, email: string, file: string): Promise<string | null> {
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept === null) return null;
  if (await app.accounts.hasPassword(email, kept)) return file;
  await rm(file, { force: true });
  return null;
}

/** How to sign in, for the terminal. */
export function signInWords({ email, password, kept }: OwnerSignIn): string {
  if (password)
    return `Sign in as ${email} with the password ${password}\n  (not shown again; until you change it, ${kept} holds it)`;
  if (kept) return `Sign in as ${email}; the password made up for it is in ${kept}`;
  return `Sign in as ${email} with your password; forgotten? npx qianmian owner-password`;
}

/** Makes a workspace of the first account's, unless it is there. */
export async function ensureWorkspace(
  app: App,
  config: Config,
  draft: { id: string; name: string; currency: string; timeZone: string },
): Promise<void> {
  if ((await app.workspaces.list()).some((w) => w.id === draft.id)) return;
  const owner = await app.accounts.byEmail(config.ownerEmail);
  await app.workspaces.create(draft, owner?.id ?? null);
}
