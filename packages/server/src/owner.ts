import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './app.ts';
import type { Config } from './config.ts';

/** The sign-in to print at start; the password is null when it was chosen by the environment or changed since. */
export interface OwnerSignIn {
  email: string;
  password: string | null;
}

/**
 * Makes the first account when there is none. A password that nobody chose is made up and kept in a file only the
 * server's user can read, so that it can be shown again.
 */
export async function ensureOwner(app: App, config: Config): Promise<OwnerSignIn> {
  const file = join(config.dataDir, 'owner-password');
  const known = await app.accounts.byEmail(config.ownerEmail);
  if (!known) {
    const password = config.ownerPassword ?? randomBytes(9).toString('base64url');
    await app.accounts.create({ email: config.ownerEmail, name: 'Owner', password });
    if (!config.ownerPassword) await writeFile(file, password, { mode: 0o600 });
  }
  const kept = await readFile(file, 'utf8').catch(() => null);
  const stillRight =
    kept !== null &&
    (await app.accounts.signIn(config.ownerEmail, kept).then(
      () => true,
      () => false,
    ));
  return { email: config.ownerEmail, password: stillRight ? kept : null };
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
