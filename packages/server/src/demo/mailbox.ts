import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import type { letter } from '@qianmian/contract';
import { type Kysely, sql } from 'kysely';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { notFound } from '../platform/errors.ts';
import type { Ledger } from '../platform/ledger.ts';

type DemoTables = {
  demo_letter: {
    id: string;
    received_at: Date;
    sender: string;
    recipient: string;
    subject: string;
    raw: string;
    delivered: boolean;
  };
};
type Letter = z.infer<typeof letter>;
type Row = DemoTables['demo_letter'];

/** Letters that arrive within this time share one insert. */
const GATHER_MS = 20;
const LETTER_LIMIT = 2 * 1024 * 1024;

/** A real SMTP server on loopback that takes every letter, and the mailbox where they are read. */
export async function openMailbox(parts: { clock: Clock }) {
  let db: Kysely<DemoTables> | null = null;
  let waiting: { row: Row; done: (error?: Error) => void }[] = [];
  let timer: NodeJS.Timeout | null = null;

  async function flush(): Promise<void> {
    timer = null;
    const batch = waiting;
    waiting = [];
    try {
      if (!db) throw new Error('The mailbox is not open yet.');
      await db
        .insertInto('demo_letter')
        .values(batch.map((w) => w.row))
        .execute();
      for (const w of batch) w.done();
    } catch (error) {
      for (const w of batch) w.done(error as Error);
    }
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    size: LETTER_LIMIT,
    logger: false,
    onData(stream, session, done) {
      const take = async () => {
        const raw = await readAll(stream);
        const parsed = await PostalMime.parse(raw);
        waiting.push({
          done,
          row: {
            id: randomUUID(),
            received_at: new Date(parts.clock.now()),
            sender: parsed.from?.address ?? '',
            recipient: session.envelope.rcptTo.map((r) => r.address).join(', '),
            subject: parsed.subject ?? '',
            raw: raw.replaceAll('\u0000', ''),
            delivered: false,
          },
        });
        timer ??= setTimeout(() => void flush(), GATHER_MS);
      };
      // A letter that cannot be read is refused: its sender is answered.
      take().catch(done);
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;

  const table = () => {
    if (!db) throw new Error('The mailbox is not open yet.');
    return db;
  };

  return {
    /** Where the product sends its mail to. */
    smtpUrl: `smtp://127.0.0.1:${port}`,

    /** Letters are kept in the ledger, which opens later than the server's address is needed. */
    attach(ledger: Ledger): void {
      db = ledger.withTables<DemoTables>();
    },

    async list(page: {
      limit: number;
      offset: number;
      search: string;
    }): Promise<{ rows: Letter[]; total: number }> {
      const like = `%${page.search.replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
      const found = table()
        .selectFrom('demo_letter')
        .where((e) => e.or([e('recipient', 'ilike', like), e('subject', 'ilike', like)]));
      const [rows, count] = await Promise.all([
        found
          .select(['id', 'received_at', 'sender', 'recipient', 'subject'])
          .orderBy('received_at', 'desc')
          .orderBy('id')
          .limit(page.limit)
          .offset(page.offset)
          .execute(),
        found.select(({ fn }) => fn.countAll<number>().as('n')).executeTakeFirstOrThrow(),
      ]);
      return { rows: rows.map(present), total: count.n };
    },

    count: async () =>
      (
        await table()
          .selectFrom('demo_letter')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n,

    async read(id: string) {
      const row = await table().selectFrom('demo_letter').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw notFound('letter', id);
      const parsed = await PostalMime.parse(row.raw);
      return {
        ...present(row),
        html: parsed.html ?? '',
        text: parsed.text ?? '',
        headers: parsed.headers.map((h) => ({ name: h.originalKey ?? h.key, value: h.value })),
      };
    },

    /** Letters that nobody has found yet, oldest first. */
    undelivered: (limit: number) =>
      table()
        .selectFrom('demo_letter')
        .selectAll()
        .where('delivered', '=', false)
        .orderBy('received_at')
        .limit(limit)
        .execute(),

    async markDelivered(ids: string[]): Promise<void> {
      if (ids.length > 0)
        await sql`update demo_letter set delivered = true where id = any(${ids})`.execute(table());
    },

    async close(): Promise<void> {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      if (timer) {
        clearTimeout(timer);
        await flush();
      }
    },
  };
}
export type Mailbox = Awaited<ReturnType<typeof openMailbox>>;

function present(row: Pick<Row, 'id' | 'received_at' | 'sender' | 'recipient' | 'subject'>): Letter {
  return {
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    from: row.sender,
    to: row.recipient,
    subject: row.subject,
  };
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
