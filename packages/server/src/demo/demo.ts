import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { OffsetClock } from '../platform/clock.ts';
import type { Mount } from '../platform/http.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Log } from '../platform/log.ts';
import { openMailbox } from './mailbox.ts';
import { openRetailer, type Retailer } from './retailer.ts';
import { demoRoutes } from './routes.ts';

type RetailerParts = Parameters<typeof openRetailer>[0];

/** The world outside the product, for a demo: a mail server with a mailbox, a retailer, a clock that can run ahead. */
export async function openDemo(parts: { folder: string; clock: OffsetClock; log: Log }) {
  const folder = join(parts.folder, 'demo');
  await mkdir(folder, { recursive: true });
  const mailbox = await openMailbox(parts);
  let retailer: Retailer | null = null;

  return {
    smtpUrl: mailbox.smtpUrl,

    /** Joins the demo to the app it plays around. */
    attach(
      mount: Mount,
      ledger: Ledger,
      app: Omit<RetailerParts, 'folder' | 'clock' | 'mailbox' | 'log'>,
    ): void {
      mailbox.attach(ledger);
      retailer = openRetailer({ ...parts, ...app, folder, mailbox });
      demoRoutes(mount, { clock: parts.clock, mailbox, retailer });
    },

    /** Sets the clock to where the demo left it, before anything reads the time. */
    restoreClock: async () => (await retailer?.restoreClock()) ?? false,

    start: async (people: number, progress: (share: number) => void) => retailer?.start(people, progress),

    async close(): Promise<void> {
      await retailer?.close();
      await mailbox.close();
    },
  };
}
export type Demo = Awaited<ReturnType<typeof openDemo>>;
