import type { CAMPAIGN_STATES, EmailContent, RECIPIENT_STATES } from '@qianmian/contract';
import { type Kysely, sql } from 'kysely';

export type CampaignState = (typeof CAMPAIGN_STATES)[number];
export type RecipientState = (typeof RECIPIENT_STATES)[number];

export type CampaignTables = {
  campaign_campaign: {
    id: string;
    workspace: string;
    name: string;
    goal: string;
    segment_id: string | null;
    segment_name: string | null;
    coupon_id: string | null;
    control_share: number;
    measure_days: number;
    email: unknown;
    links: unknown;
    state: CampaignState;
    error: string | null;
    created_by: string;
    revision: number;
    created_at: Date;
    updated_at: Date;
    updated_by: string;
    launched_at: Date | null;
    audience_at: Date | null;
    finished_at: Date | null;
    counts: unknown;
  };
  campaign_recipient: {
    campaign_id: string;
    person_id: number;
    address: string;
    name: string;
    state: RecipientState;
    attempts: number;
    not_before: Date | null;
    sent_at: Date | null;
    opened_at: Date | null;
    clicked_at: Date | null;
    bounced_at: Date | null;
    told_at: Date | null;
    error: string | null;
  };
  campaign_refusal: {
    workspace: string;
    person_id: number;
    address: string;
    campaign_id: string;
    at: Date;
    told_at: Date | null;
  };
};
export type CampaignRow = Omit<CampaignTables['campaign_campaign'], 'email' | 'links' | 'counts'> & {
  email: EmailContent;
  links: string[];
  /** How many recipients are in each state, where that no longer changes. */
  counts: StateCounts | null;
};
export type StateCounts = Partial<Record<RecipientState, number>>;
export type RecipientRow = CampaignTables['campaign_recipient'];
export type Db = Kysely<CampaignTables>;

/** A campaign by its id, whatever its workspace: for jobs and for links in messages. */
export async function campaignById(db: Db, id: string): Promise<CampaignRow | null> {
  const row = await db.selectFrom('campaign_campaign').selectAll().where('id', '=', id).executeTakeFirst();
  return (row as CampaignRow | undefined) ?? null;
}

/** Moves a campaign from one of some states to another; false when it was in none of them. */
export async function moveCampaign(
  db: Db,
  id: string,
  from: CampaignState[],
  to: Partial<Omit<CampaignTables['campaign_campaign'], 'email' | 'links'>> & { links?: string },
): Promise<boolean> {
  const moved = await db
    .updateTable('campaign_campaign')
    .set(to)
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** Begins to launch a draft as it was at a revision; false when it is no draft any more, or was changed since. */
export async function beginLaunch(db: Db, id: string, revision: number, at: Date): Promise<boolean> {
  const begun = await db
    .updateTable('campaign_campaign')
    .set({ state: 'launching', launched_at: at })
    .where('id', '=', id)
    .where('state', '=', 'draft')
    .where('revision', '=', revision)
    .executeTakeFirst();
  return begun.numUpdatedRows > 0n;
}

/** How many recipients are in each state, for every campaign of a list. */
export async function stateCounts(db: Db, ids: readonly string[]) {
  return db
    .selectFrom('campaign_recipient')
    .select((e) => ['campaign_id', 'state', e.fn.countAll<number>().as('people')])
    .where((e) => e('campaign_id', '=', e.fn.any(e.val(ids as string[]))))
    .groupBy(['campaign_id', 'state'])
    .execute();
}

/** Keeps the counts of a campaign that ended. */
export async function keepCounts(db: Db, id: string, counts: StateCounts): Promise<void> {
  await db
    .updateTable('campaign_campaign')
    .set({ counts: JSON.stringify(counts) })
    .where('id', '=', id)
    .where('state', 'in', ENDED)
    .execute();
}

/** States of a campaign from which it goes nowhere. */
export const ENDED: CampaignState[] = ['sent', 'stopped', 'failed'];

/** What became of a campaign's messages so far. */
export async function funnelOf(db: Db, campaignId: string) {
  return db
    .selectFrom('campaign_recipient')
    .select([
      sql<number>`count(*) filter (where state <> 'control')`.as('treated'),
      sql<number>`count(*) filter (where state = 'control')`.as('control'),
      sql<number>`count(sent_at)`.as('sent'),
      sql<number>`count(*) filter (where opened_at is not null or clicked_at is not null)`.as('opened'),
      sql<number>`count(clicked_at)`.as('clicked'),
    ])
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow();
}

/** Recipients are written down until the audience is fixed or the campaign stopped, whatever a process believes. */
const isBeingLaunched = (campaignId: string) =>
  sql<boolean>`exists (select from campaign_campaign c
    where c.id = ${campaignId} and c.state = 'launching' and c.audience_at is null)`;

/** Takes out what a launch that broke off had written; nothing of it was sent. */
export async function clearRecipients(db: Db, campaignId: string): Promise<void> {
  await sql`delete from campaign_recipient where campaign_id = ${campaignId}
    and ${isBeingLaunched(campaignId)}`.execute(db);
}

/** Writes recipients of a campaign that is being launched, many at once. */
export async function insertRecipients(
  db: Db,
  campaignId: string,
  rows: readonly { person_id: number; address: string; name: string; state: RecipientState }[],
): Promise<void> {
  await sql`
    insert into campaign_recipient (campaign_id, person_id, address, name, state)
    select ${campaignId}, r.person_id, r.address, r.name, r.state
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (person_id bigint, address text, name text, state text)
    where ${isBeingLaunched(campaignId)}
    on conflict do nothing`.execute(db);
}

/** Recipients in the order of their ids, from one on. */
export async function recipientsAfter(
  db: Db,
  campaignId: string,
  after: number,
  limit: number,
): Promise<{ person_id: number; state: RecipientState }[]> {
  return db
    .selectFrom('campaign_recipient')
    .select(['person_id', 'state'])
    .where('campaign_id', '=', campaignId)
    .where('person_id', '>', after)
    .orderBy('person_id')
    .limit(limit)
    .execute();
}

/** Recipients whose turn it is: first those never tried, then those put off whose time has come. */
export async function dueRecipients(db: Db, campaignId: string, now: Date, limit: number) {
  const queued = db
    .selectFrom('campaign_recipient')
    .select(['person_id', 'address', 'attempts'])
    .where('campaign_id', '=', campaignId)
    .where('state', '=', 'queued')
    .limit(limit);
  const untried = await queued.where('not_before', 'is', null).orderBy('person_id').execute();
  return untried.length > 0
    ? untried
    : queued.where('not_before', '<=', now).orderBy('not_before').orderBy('person_id').execute();
}

/** How many wait for their message. */
export async function countQueued(db: Db, campaignId: string): Promise<number> {
  const row = await db
    .selectFrom('campaign_recipient')
    .select((e) => e.fn.countAll<number>().as('people'))
    .where('campaign_id', '=', campaignId)
    .where('state', '=', 'queued')
    .executeTakeFirstOrThrow();
  return row.people;
}

/** When the next of those who wait has their turn; null when nobody waits. */
export async function nextTurn(db: Db, campaignId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('campaign_recipient')
    .select((e) => e.fn.min('not_before').as('at'))
    .where('campaign_id', '=', campaignId)
    .where('state', '=', 'queued')
    .executeTakeFirst();
  return row?.at ?? null;
}

/**
 * Marks messages as being handed to the mail server, before that begins. Answers for whom it is their turn: others were
 * taken meanwhile, or the campaign was stopped.
 */
export async function beginSending(db: Db, campaignId: string, people: readonly number[]): Promise<number[]> {
  const begun = await sql<{ person_id: number }>`
    update campaign_recipient r set state = 'sending', attempts = attempts + 1
    where r.campaign_id = ${campaignId} and r.person_id = any(${people as number[]}::bigint[]) and r.state = 'queued'
      and exists (select 1 from campaign_campaign c where c.id = r.campaign_id and c.state = 'sending')
    returning person_id`.execute(db);
  return begun.rows.map((r) => r.person_id);
}

/** What became of a recipient. */
export interface Outcome {
  person_id: number;
  state: RecipientState;
  attempts: number;
  not_before: string | null;
  sent_at: string | null;
  bounced_at: string | null;
  error: string | null;
}

/** Notes what became of messages that were under way, or were thought to be of unknown fate. */
export async function noteOutcomes(db: Db, campaignId: string, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await sql`
    update campaign_recipient r set state = o.state, attempts = o.attempts, not_before = o.not_before,
      sent_at = o.sent_at, bounced_at = o.bounced_at, error = o.error
    from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb) as o (person_id bigint, state text, attempts integer,
      not_before timestamptz, sent_at timestamptz, bounced_at timestamptz, error text)
    where r.campaign_id = ${campaignId} and r.person_id = o.person_id
      and r.state in ('sending', 'uncertain')`.execute(db);
}

/** Notes that a message could not even be written. */
export async function failRecipient(
  db: Db,
  campaignId: string,
  personId: number,
  error: string,
): Promise<void> {
  await db
    .updateTable('campaign_recipient')
    .set({ state: 'failed', error })
    .where('campaign_id', '=', campaignId)
    .where('person_id', '=', personId)
    .where('state', '=', 'queued')
    .execute();
}

/** Changes all recipients of a campaign that are in a state. */
export async function moveRecipients(
  db: Db,
  campaignId: string,
  from: RecipientState,
  to: Partial<RecipientRow>,
): Promise<number> {
  const moved = await db
    .updateTable('campaign_recipient')
    .set(to)
    .where('campaign_id', '=', campaignId)
    .where('state', '=', from)
    .executeTakeFirst();
  return Number(moved.numUpdatedRows);
}

/** Ends a campaign before everyone was written to: who waits gets no message. False when it was in none of the states. */
export async function endCampaign(
  db: Db,
  id: string,
  from: CampaignState[],
  end: { state: 'stopped' | 'failed'; finished_at: Date; error?: string },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const moved = await moveCampaign(trx, id, from, end);
    await releaseWaiting(trx, id);
    return moved;
  });
}

/** In a campaign that ended early nobody waits for a message. */
export async function releaseWaiting(db: Db, campaignId: string): Promise<void> {
  await sql`
    update campaign_recipient r set state = 'stopped', error = case c.state when 'failed' then c.error else r.error end
    from campaign_campaign c
    where c.id = ${campaignId} and c.state in ('stopped', 'failed')
      and r.campaign_id = c.id and r.state = 'queued'`.execute(db);
}

/** Messages whose fate was not yet recorded as an event. */
export async function untoldRecipients(db: Db, campaignId: string, limit: number) {
  return db
    .selectFrom('campaign_recipient')
    .select(['person_id', 'address', 'sent_at', 'bounced_at', 'error'])
    .where('campaign_id', '=', campaignId)
    .where('told_at', 'is', null)
    .where((e) => e.or([e('sent_at', 'is not', null), e('bounced_at', 'is not', null)]))
    .orderBy('person_id')
    .limit(limit)
    .execute();
}

export async function markTold(db: Db, campaignId: string, personIds: number[], at: Date): Promise<void> {
  await db
    .updateTable('campaign_recipient')
    .set({ told_at: at })
    .where('campaign_id', '=', campaignId)
    .where((e) => e('person_id', '=', e.fn.any(e.val(personIds))))
    .execute();
}

/** Who left by a link of ours, with the time of the last leave: everyone, or those of some numbers or addresses. */
export async function refusalsIn(
  db: Db,
  workspace: string,
  among: { numbers: readonly number[]; addresses: readonly string[] } | null = null,
) {
  const all = db
    .selectFrom('campaign_refusal')
    .select(['person_id', 'address', 'at'])
    .where('workspace', '=', workspace);
  if (!among) return all.execute();
  const { numbers, addresses } = among;
  const [byNumber, byAddress] = await Promise.all([
    all.where(sql<boolean>`person_id = any(${numbers as number[]}::bigint[])`).execute(),
    all.where(sql<boolean>`address = any(${addresses as string[]}::text[])`).execute(),
  ]);
  return [...byNumber, ...byAddress];
}
