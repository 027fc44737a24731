import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Identity } from '../identity/index.ts';
import { type Clock, HOUR, isoOf, MINUTE, SECOND } from '../platform/clock.ts';
import { type JobContext, type Jobs, stopReason } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Promotion } from '../promotion/index.ts';
import { RecipientFault } from './errors.ts';
import type { Fields } from './liquid.ts';
import type { Mail, Mailing, Messages } from './messages.ts';
import type { Reach } from './reach.ts';
import { recordExposures } from './send-exposures.ts';
import type { Delivery } from './smtp.ts';
import { campaignWarehouse } from './store.ch.ts';
import {
  beginSending,
  type CampaignRow,
  type CampaignTables,
  campaignById,
  countQueued,
  type Db,
  dueRecipients,
  endCampaign,
  failRecipient,
  moveCampaign,
  moveRecipients,
  nextTurn,
  noteOutcomes,
  type Outcome,
  type RecipientRow,
  releaseWaiting,
} from './store.pg.ts';
import type { Telling } from './telling.ts';

const SEND = 'campaign.send';
/** So many recipients' values and consent are looked up at once. */
const BATCH = 500;
/**
 * A hand marks so many as "sending" in one statement, sends them one by one, and notes their fates in another. More
 * would save statements (each costs the embedded ledger a millisecond); but after a crash all that are marked, at most
 * hands x handful, are of unknown fate, also those that nobody had begun to send to.
 */
const HANDFUL = 2;
/** After so many tries that the mail server put off, a recipient is given up. */
const MOST_TRIES = 6;
const TRY_AGAIN = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];
/** While the mail server cannot be reached, or takes nothing from us, nothing is lost: the campaign waits, at most about two days. */
const SERVER_AGAIN = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];
const MOST_TROUBLES = 96;

const NOT_BEGUN: Delivery = { fate: 'unreachable', why: 'The mail server could not be reached.' };

/** Where a campaign's sending stands: every pause is followed by a job of the next round. */
interface Round {
  round: number;
  /** Pauses in a row because the mail server could not be reached or took nothing from us. */
  troubles: number;
}

/** Puts the next round of sending into the queue. */
export async function enqueueSending(
  jobs: Jobs,
  campaign: Pick<CampaignRow, 'id' | 'workspace' | 'name'>,
  round: Round,
  runAt: number,
  within?: Kysely<CampaignTables>,
): Promise<void> {
  await jobs.enqueue(
    {
      workspace: campaign.workspace,
      kind: SEND,
      subject: campaign.name,
      payload: { campaignId: campaign.id, ...round },
      key: `${SEND}:${campaign.id}:${round.round}`,
      runAt,
    },
    within as never,
  );
}

/** Sends campaigns from the ledger: each message at most once, whatever breaks. */
export function openSending(parts: {
  db: Db;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  mail: Mail;
  /** Messages under way at the same time. */
  hands: number;
  warehouse: Warehouse;
  messages: Messages;
  identity: Pick<Identity, 'whoAre'>;
  reach: Pick<Reach, 'willing'>;
  promotion: Pick<Promotion, 'codesOf' | 'issue'>;
  telling: Telling;
}): void {
  const { db, jobs, clock, messages, promotion, telling } = parts;
  const warehouse = campaignWarehouse(parts.warehouse);

  /** Everything a batch needs to know about its people. */
  async function lookUp(
    row: CampaignRow,
    mailing: Mailing,
    due: readonly Pick<RecipientRow, 'person_id' | 'address'>[],
  ) {
    const willing = await parts.reach.willing(row.workspace, due);
    return {
      willing,
      customers: await customersFor(
        mailing,
        due.map((r) => r.person_id),
      ),
      codes: await codesFor(row, [...willing]),
    };
  }

  /** Values of recipients by their number at the launch; where they were merged, those of whom they are now go first. */
  async function customersFor(mailing: Mailing, people: number[]): Promise<Map<number, Fields['customer']>> {
    const now = await parts.identity.whoAre(mailing.shop.id, people);
    const found = await messages.customersOf(mailing, [...new Set([...people, ...now])]);
    return new Map(people.map((person, i) => [person, { ...found.get(person), ...found.get(now[i]!) }]));
  }

  /** Codes are given out when letters are about to go: a campaign that is stopped leaves none behind. */
  async function codesFor(row: CampaignRow, personIds: number[]): Promise<Map<number, { code: string }>> {
    if (!row.coupon_id) return new Map();
    const codes = await promotion.codesOf(row.id, personIds);
    if (personIds.every((p) => codes.has(p))) return codes;
    await promotion.issue(row.workspace, { couponId: row.coupon_id, campaignId: row.id, personIds });
    return promotion.codesOf(row.id, personIds);
  }
  type Known = Awaited<ReturnType<typeof lookUp>>;
  type Due = Awaited<ReturnType<typeof dueRecipients>>[number];

  /** Writes and sends a handful, one after another; answers why the mail server is gone, null while it is there. */
  async function deliverHandful(
    mailing: Mailing,
    handful: readonly Due[],
    known: Known,
  ): Promise<string | null> {
    const letters = new Map<number, { to: Due; message: Buffer }>();
    for (const to of handful) {
      const message = await messageOrFault(mailing, to, known);
      if (message instanceof RecipientFault)
        await failRecipient(db, mailing.campaignId, to.person_id, message.message);
      else letters.set(to.person_id, { to, message });
    }
    if (letters.size === 0) return null;
    const begun = await beginSending(db, mailing.campaignId, [...letters.keys()]);
    const outcomes: Outcome[] = [];
    let gone: string | null = null;
    let at = 0;
    try {
      while (gone === null && at < begun.length) {
        const { to, message } = letters.get(begun[at++]!)!;
        const delivery = await parts.mail.server!.send({ from: parts.mail.from, to: to.address }, message);
        if (delivery.fate === 'unreachable') gone = delivery.why;
        parts.metrics.messages.inc({ channel: 'email', state: delivery.fate });
        outcomes.push(outcomeOf(to.person_id, delivery, to.attempts + 1, clock.now()));
      }
    } finally {
      // Whom nobody began to send to waits again.
      for (const person of begun.slice(at))
        outcomes.push(outcomeOf(person, NOT_BEGUN, letters.get(person)!.to.attempts + 1, clock.now()));
      await noteOutcomes(db, mailing.campaignId, outcomes);
    }
    return gone;
  }

  async function messageOrFault(
    mailing: Mailing,
    to: { person_id: number; address: string },
    known: Known,
  ): Promise<Buffer | RecipientFault> {
    if (!known.willing.has(to.person_id))
      return new RecipientFault('The consent to e-mail was withdrawn before it was sent.');
    const customer: Fields['customer'] = known.customers.get(to.person_id) ?? {};
    const code = known.codes.get(to.person_id)?.code ?? null;
    try {
      return await messages.messageFor(mailing, {
        personId: to.person_id,
        address: to.address,
        customer,
        code,
      });
    } catch (error) {
      if (error instanceof RecipientFault) return error;
      throw error;
    }
  }

  /** A few hands take from the batch until it is empty, the server is gone, or the job is to stop. */
  async function sendBatch(
    mailing: Mailing,
    due: readonly Due[],
    known: Known,
    signal: AbortSignal,
  ): Promise<{ gone: string | null }> {
    let at = 0;
    let gone: string | null = null;
    const hand = async () => {
      while (at < due.length && gone === null && !signal.aborted) {
        const handful = due.slice(at, at + HANDFUL);
        at += HANDFUL;
        gone = (await deliverHandful(mailing, handful, known)) ?? gone;
      }
    };
    const hands = await Promise.allSettled(Array.from({ length: parts.hands }, hand));
    const fault = hands.find((h) => h.status === 'rejected');
    if (fault) throw fault.reason;
    return { gone };
  }

  /** Sends what is due; answers whether the mail server was there. */
  async function sendDue(
    row: CampaignRow,
    { signal, progress }: JobContext,
  ): Promise<{ gone: string | null } | 'interrupted'> {
    const mailing = await messages.prepareLaunched(row);
    const waiting = await countQueued(db, row.id);
    for (let sent = 0; ; ) {
      const due = await dueRecipients(db, row.id, new Date(clock.now()), BATCH);
      // Whoever has the job now says what comes next.
      if (stopReason(signal) === 'lostLease') return 'interrupted';
      if (due.length === 0) return { gone: null };
      const verdict = await sendBatch(mailing, due, await lookUp(row, mailing, due), signal);
      await telling.tell(row);
      if (verdict.gone !== null) return verdict;
      if (signal.aborted) return 'interrupted';
      if ((await campaignById(db, row.id))?.state !== 'sending') return 'interrupted';
      sent += due.length;
      await progress(waiting === 0 ? 1 : sent / waiting, `${sent} / ${waiting}`);
    }
  }

  async function settle(row: CampaignRow, round: Round, { gone }: { gone: string | null }): Promise<void> {
    const again = (at: number, troubles: number) =>
      enqueueSending(jobs, row, { round: round.round + 1, troubles }, at);
    if (gone !== null) {
      if (round.troubles + 1 >= MOST_TROUBLES)
        return giveUp(
          row,
          `The mail server could not be reached, or took nothing from us, for two days: ${gone}`,
        );
      const wait = SERVER_AGAIN[Math.min(round.troubles, SERVER_AGAIN.length - 1)]!;
      await moveCampaign(db, row.id, ['sending'], {
        error: `The mail server cannot be reached or takes nothing from us (${gone}); tried again at ${new Date(clock.now() + wait).toISOString()}.`,
      });
      return again(clock.now() + wait, round.troubles + 1);
    }
    const next = await nextTurn(db, row.id);
    if (next) return again(next.getTime(), 0);
    await moveCampaign(db, row.id, ['sending'], {
      state: 'sent',
      error: null,
      finished_at: new Date(clock.now()),
    });
  }

  async function giveUp(row: Pick<CampaignRow, 'id'>, error: string): Promise<void> {
    const finished_at = new Date(clock.now());
    await endCampaign(db, row.id, ['sending'], { state: 'failed', error, finished_at });
  }

  const underWay = new Set<string>();

  jobs.handle<Round & { campaignId: string }>({
    kind: SEND,
    payload: z.object({ campaignId: z.string(), round: z.number().int(), troubles: z.number().int() }),
    async run({ campaignId, ...round }, context) {
      if (underWay.has(campaignId)) return;
      underWay.add(campaignId);
      try {
        const row = await campaignById(db, campaignId);
        if (!row) return;
        // Nobody is sending this campaign now: who stands at "sending" was cut off by a crash, and may have got it.
        const cutOff = await moveRecipients(db, campaignId, 'sending', {
          state: 'uncertain',
          error: 'The server went down while it was being sent.',
        });
        if (cutOff > 0) parts.log.warn({ campaign: campaignId, cutOff }, 'messages of unknown fate');
        await telling.tell(row);
        if (row.state !== 'sending') return await releaseWaiting(db, campaignId);
        if (round.round === 0) await recordExposures({ db, warehouse }, row);
        const verdict = await sendDue(row, context);
        // Who was put off while someone stopped it waits for nothing.
        await releaseWaiting(db, campaignId);
        if (verdict !== 'interrupted') await settle(row, round, verdict);
      } finally {
        underWay.delete(campaignId);
      }
    },
    async failed({ campaignId }, { error }) {
      await giveUp({ id: campaignId }, error);
    },
    // Someone cancelled the job itself: that stops the campaign.
    async cancelled({ campaignId }) {
      const finished_at = new Date(clock.now());
      await endCampaign(db, campaignId, ['sending'], { state: 'stopped', finished_at });
    },
  });
}

/** What a recipient becomes by what the mail server said; `tries` counts this one. */
export function outcomeOf(personId: number, delivery: Delivery, tries: number, now: number): Outcome {
  const why = delivery.fate === 'sent' ? null : delivery.why;
  const outcome: Outcome = {
    person_id: personId,
    state: 'failed',
    attempts: tries,
    not_before: null,
    sent_at: null,
    bounced_at: null,
    error: why,
  };
  switch (delivery.fate) {
    case 'sent':
      return { ...outcome, state: 'sent', sent_at: isoOf(now) };
    case 'refused':
      return { ...outcome, bounced_at: isoOf(now) };
    case 'unknown':
      return { ...outcome, state: 'uncertain' };
    case 'unreachable':
      // Not the recipient's fault: the try does not count. Others have their turn first, should it be theirs after all.
      return { ...outcome, state: 'queued', attempts: tries - 1, not_before: isoOf(now) };
    case 'later':
      if (tries >= MOST_TRIES) return outcome;
      return {
        ...outcome,
        state: 'queued',
        not_before: isoOf(now + TRY_AGAIN[Math.min(tries, TRY_AGAIN.length) - 1]!),
      };
  }
}
