import { type Collector, type Fact, type Identifier, OUR_SOURCE } from '../collect/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { CampaignWarehouse } from './store.ch.ts';
import { type CampaignRow, type Db, markTold, untoldRecipients } from './store.pg.ts';

const AT_ONCE = 500;

/** Something that happened with a message. */
export interface Happening {
  personId: number;
  address: string;
  name: string;
  time: number;
  /** What makes it the one of its kind: the same again is the same event. */
  key: string;
  properties?: Record<string, unknown>;
}

/** Tells the profile what happened with messages: events with fixed ids, so that telling twice tells once. */
export function openTelling(parts: {
  db: Db;
  clock: Clock;
  identity: Pick<Identity, 'whoAre'>;
  warehouse: CampaignWarehouse;
  record: Collector['record'];
}) {
  const { db } = parts;

  async function record(
    row: Pick<CampaignRow, 'id' | 'workspace' | 'name'>,
    happenings: readonly Happening[],
  ): Promise<void> {
    // Whom the numbers of the launch stand for by now.
    const people = await parts.identity.whoAre(
      row.workspace,
      happenings.map((h) => h.personId),
    );
    const known = await parts.warehouse.strongestIdentifiers(row.workspace, [...new Set(people)]);
    const facts = happenings.map(
      (h, i): Fact => ({
        kind: 'event',
        messageId: `campaign:${row.id}:${h.personId}:${h.key}`,
        name: h.name,
        time: h.time,
        identifiers: [known.get(people[i]!) ?? ({ type: 'email', value: h.address } satisfies Identifier)],
        channel: 'email',
        properties: { campaign_id: row.id, campaign_name: row.name, ...h.properties },
      }),
    );
    await parts.record(row.workspace, OUR_SOURCE, facts);
  }

  return {
    record,

    /** Tells which messages were sent and which came back, as far as that was not told. */
    async tell(row: CampaignRow): Promise<void> {
      for (;;) {
        const rows = await untoldRecipients(db, row.id, AT_ONCE);
        if (rows.length === 0) return;
        await record(
          row,
          rows.map((r) => ({
            personId: r.person_id,
            address: r.address,
            ...(r.sent_at
              ? { name: 'Email Sent', key: 'sent', time: r.sent_at.getTime() }
              : {
                  name: 'Email Bounced',
                  key: 'bounced',
                  time: (r.bounced_at as Date).getTime(),
                  properties: { reason: r.error ?? '' },
                }),
          })),
        );
        await markTold(
          db,
          row.id,
          rows.map((r) => r.person_id),
          new Date(parts.clock.now()),
        );
      }
    },
  };
}
export type Telling = ReturnType<typeof openTelling>;
