import type { Clock } from '../platform/clock.ts';
import type { Ledger } from '../platform/ledger.ts';
import { makeCodes } from './codes.ts';
import { campaignTotals, couponRow, insertCodes, type PromotionTables } from './store.pg.ts';

const CHUNK = 5000;

/** Codes given to people for a campaign. */
export function openIssue(parts: { ledger: Ledger; clock: Clock }) {
  const db = parts.ledger.withTables<PromotionTables>();

  async function peopleWithCode(couponId: string, campaignId: string, people: readonly number[]) {
    const rows = await db
      .selectFrom('promotion_code')
      .select('person_id')
      .where('campaign_id', '=', campaignId)
      .where('coupon_id', '=', couponId)
      .where((e) => e('person_id', '=', e.fn.any(e.val(people as number[]))))
      .execute();
    return new Set(rows.map((r) => r.person_id));
  }

  /** Gives a chunk of people their codes; a random code that was taken already is drawn anew. */
  async function issueChunk(
    issue: { workspace: string; couponId: string; campaignId: string; at: Date },
    prefix: string,
    people: readonly number[],
  ): Promise<void> {
    let waiting = people;
    while (waiting.length > 0) {
      const codes = makeCodes(prefix, waiting.length);
      const given = new Set(
        await insertCodes(
          db,
          issue,
          waiting.map((person_id, i) => ({ person_id, code: codes[i]! })),
        ),
      );
      const passedOver = waiting.filter((p) => !given.has(p));
      if (passedOver.length === 0) return;
      const have = await peopleWithCode(issue.couponId, issue.campaignId, passedOver);
      waiting = passedOver.filter((p) => !have.has(p));
    }
  }

  return {
    /** Gives every person a code of their own; who has one of this campaign keeps it. Safe to repeat. */
    async issue(
      workspace: string,
      to: { couponId: string; campaignId: string; personIds: readonly number[] },
    ): Promise<void> {
      const { prefix } = await couponRow(db, to.couponId);
      const issue = { workspace, ...to, at: new Date(parts.clock.now()) };
      for (let i = 0; i < to.personIds.length; i += CHUNK)
        await issueChunk(issue, prefix, to.personIds.slice(i, i + CHUNK));
    },

    /** Codes that people have of a campaign, by person. */
    async codesOf(
      campaignId: string,
      personIds: readonly number[],
    ): Promise<Map<number, { code: string; redeemedAt: Date | null }>> {
      const rows = await db
        .selectFrom('promotion_code')
        .select(['person_id', 'code', 'redeemed_at'])
        .where('campaign_id', '=', campaignId)
        .where((e) => e('person_id', '=', e.fn.any(e.val(personIds as number[]))))
        .execute();
      return new Map(rows.map((r) => [Number(r.person_id), { code: r.code, redeemedAt: r.redeemed_at }]));
    },

    /** How many codes of a campaign were issued, and redeemed until a moment, and what they took off. */
    totalsOf: (campaignId: string, until: number | null = null) =>
      campaignTotals(db, campaignId, until === null ? null : new Date(until)),
  };
}
