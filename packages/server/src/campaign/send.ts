import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type Clock, HOUR, MINUTE, SECOND } from '../platform/clock.ts';
import type { JobContext, Jobs } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Promotion } from '../promotion/index.ts';
import { RecipientFault } from './errors.ts';
import type { Fields } from './liquid.ts';
import type { Mail, Mailing, Messages } from './messages.ts';
import type { Reach } from './reach.ts';
import type { Delivery } from './smtp.ts';
import {
  beginSending,
  type CampaignRow,
  type CampaignTables,
  campaignById,
  type Db,
  dueRecipients,
  moveCampaign,
  moveRecipient,
  moveRecipients,
  nextTurn,
  type RecipientRow,
} from './store.pg.ts';
import type { Telling } from './telling.ts';

const SEND = 'campaign.send';
/** So many recipients' values and consent are looked up at once. */
const BATCH = 500;
/** After so many tries that the mail server put off, a recipient is given up. */
const MOST_TRIES = 6;
const TRY_AGAIN = [MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR];
/** While the mail server cannot be reached nothing is lost: the campaign waits, at most about two days. */
const SERVER_AGAIN = [30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE];
const MOST_TROUBLES = 96;

/** Where a campaign's sending stands: every pause is followed by a job of the next round. */
interface Round {
  round: number;
  /** Pauses in a row because the mail server could not be reached. */
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
  messages: Messages;
  reach: Pick<Reach, 'contacts'>;
  promotion: Pick<Promotion, 'codesOf'>;
  telling: Telling;
}): void {
  const { db, jobs, clock, messages, telling } = parts;

  /** Everything a batch needs to know about its people. */
  async function lookUp(row: CampaignRow, mailing: Mailing, due: readonly Pick<RecipientRow, 'person_id'>[]) {
    const people = due.map((r) => r.person_id);
    const contacts = await parts.reach.contacts(row.workspace, people);
    return {
      willing: new Set(contacts.filter((c) => c.hasConsent).map((c) => c.personId)),
      customers: await messages.customersOf(mailing, people),
      codes: row.coupon_id
        ? await parts.promotion.codesOf(row.id, people)
        : new Map<number, { code: string }>(),
    };
  }
  type Known = Awaited<ReturnType<typeof lookUp>>;

  async function deliver(
    mailing: Mailing,
    to: { person_id: number; address: string; attempts: number },
    known: Known,
  ): Promise<Delivery['fate'] | 'skipped'> {
    const of = { campaignId: mailing.campaignId, personId: to.person_id };
    const message = await messageOrFault(mailing, to, known);
    if (message instanceof RecipientFault) {
      await moveRecipient(db, of, ['queued'], { state: 'failed', error: message.message });
      return 'skipped';
    }
    if (!(await beginSending(db, of.campaignId, of.personId))) return 'skipped';
    const delivery = await parts.mail.server!.send({ from: parts.mail.from, to: to.address }, message);
    await moveRecipient(db, of, ['sending', 'uncertain'], outcome(delivery, to.attempts + 1, clock.now()));
    parts.metrics.messages.inc({ channel: 'email', state: delivery.fate });
    return delivery.fate;
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
    due: Awaited<ReturnType<typeof dueRecipients>>,
    known: Known,
    signal: AbortSignal,
  ): Promise<'done' | 'unreachable'> {
    let at = 0;
    let gone = false;
    const hand = async () => {
      while (at < due.length && !gone && !signal.aborted) {
        const to = due[at++]!;
        if ((await deliver(mailing, to, known)) === 'unreachable') gone = true;
      }
    };
    const hands = await Promise.allSettled(Array.from({ length: parts.hands }, hand));
    const fault = hands.find((h) => h.status === 'rejected');
    if (fault) throw fault.reason;
    return gone ? 'unreachable' : 'done';
  }

  /** Sends what is due; answers whether the mail server was there. */
  async function sendDue(
    row: CampaignRow,
    { signal, progress }: JobContext,
  ): Promise<'done' | 'unreachable' | 'interrupted'> {
    const mailing = await messages.prepare(row.workspace, row.id, row.email, row.coupon_id);
    for (let sent = 0; ; ) {
      const due = await dueRecipients(db, row.id, new Date(clock.now()), BATCH);
      if (due.length === 0) return 'done';
      const verdict = await sendBatch(mailing, due, await lookUp(row, mailing, due), signal);
      await telling.tell(row);
      if (verdict === 'unreachable') return verdict;
      if (signal.aborted) return 'interrupted';
      if ((await campaignById(db, row.id))?.state !== 'sending') return 'interrupted';
      sent += due.length;
      await progress(0, `${sent}`);
    }
  }

  async function settle(row: CampaignRow, round: Round, verdict: 'done' | 'unreachable'): Promise<void> {
    const again = (at: number, troubles: number) =>
      enqueueSending(jobs, row, { round: round.round + 1, troubles }, at);
    if (verdict === 'unreachable') {
      if (round.troubles + 1 >= MOST_TROUBLES)
        return giveUp(row, 'The mail server could not be reached for two days.');
      const wait = SERVER_AGAIN[Math.min(round.troubles, SERVER_AGAIN.length - 1)]!;
      await moveCampaign(db, row.id, ['sending'], {
        error: `The mail server cannot be reached; tried again at ${new Date(clock.now() + wait).toISOString()}.`,
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
    await moveCampaign(db, row.id, ['sending'], {
      state: 'failed',
      error,
      finished_at: new Date(clock.now()),
    });
    await moveRecipients(db, row.id, 'queued', { state: 'stopped', error });
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
        if (row.state !== 'sending') return;
        const verdict = await sendDue(row, context);
        if (verdict !== 'interrupted') return await settle(row, round, verdict);
        if (isCancelled(context.signal)) await stopped(row);
      } finally {
        underWay.delete(campaignId);
      }
    },
    async failed({ campaignId }, { error }) {
      await giveUp({ id: campaignId }, error);
    },
  });

  /** Someone cancelled the job itself: that stops the campaign. */
  async function stopped(row: CampaignRow): Promise<void> {
    await moveCampaign(db, row.id, ['sending'], { state: 'stopped', finished_at: new Date(clock.now()) });
    await moveRecipients(db, row.id, 'queued', { state: 'stopped' });
  }
}

function isCancelled(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof Error && signal.reason.message === 'cancelled';
}

/** What a recipient becomes by what the mail server said; `tries` counts this one. */
export function outcome(delivery: Delivery, tries: number, now: number): Partial<RecipientRow> {
  switch (delivery.fate) {
    case 'sent':
      return { state: 'sent', sent_at: new Date(now), error: null };
    case 'refused':
      return { state: 'failed', bounced_at: new Date(now), error: delivery.why };
    case 'unknown':
      return { state: 'uncertain', error: delivery.why };
    case 'unreachable':
      // Not the recipient's fault: the try does not count.
      return { state: 'queued', attempts: tries - 1, error: delivery.why };
    case 'later':
      if (tries >= MOST_TRIES) return { state: 'failed', error: delivery.why };
      return {
        state: 'queued',
        not_before: new Date(now + TRY_AGAIN[Math.min(tries, TRY_AGAIN.length) - 1]!),
        error: delivery.why,
      };
  }
}
