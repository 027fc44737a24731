import type { Command } from 'commander';
import { type Api, openApi } from './api.ts';
import { isHealthy, runningOn, startForOneCommand } from './server-process.ts';

/** Options every command takes. */
export interface Everywhere {
  url?: string;
  apiKey?: string;
  dataDir: string;
  json?: boolean;
}

/** What a command works with. */
export interface Session {
  api: Api;
  /** The server was started for this command and stops with it. */
  own: boolean;
  /** The same server once it answers again, at whatever address; null while it does not. */
  again(): Promise<Api | null>;
}

/**
 * Runs a command's work against the server it means: the one named by `--url`, else the one that runs on the data
 * folder, else one started for this command alone.
 */
export async function withServer(
  { url, apiKey, dataDir }: Everywhere,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  if (url) {
    const api = openApi(url, apiKey ?? null);
    return work({ api, own: false, again: async () => ((await isHealthy(api.url)) ? api : null) });
  }
  const onFolder = async () => {
    const running = await runningOn(dataDir);
    return running && openApi(running.url, apiKey ?? running.key);
  };
  const running = await onFolder();
  if (running) return work({ api: running, own: false, again: onFolder });
  const started = await startForOneCommand(dataDir);
  try {
    await work({ api: openApi(started.url, apiKey ?? started.key), own: true, again: onFolder });
  } finally {
    await started.stop();
  }
}

/** A command's action against a server: `on(command, async ({ api }, options) => ...)`. */
export function on<O extends object>(
  command: Command,
  work: (session: Session, options: O & Everywhere, words: string[]) => Promise<void>,
): Command {
  return command.action(async () => {
    const options = command.optsWithGlobals<O & Everywhere>();
    await withServer(options, (session) => work(session, options, command.args));
  });
}
