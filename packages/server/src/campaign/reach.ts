import type { AudiencePreview } from '@qianmian/contract';
import { detectableDifference, type Moments, varianceOf } from '@qianmian/science/experiment';
import type { Identity } from '../identity/index.ts';
import { type Clock, DAY } from '../platform/clock.ts';
import type { Promotion } from '../promotion/index.ts';
import { armOf } from './assign.ts';
import { type Audience, type Contact, EXCLUSIONS, partAudience, warningsOf } from './audience.ts';
import { type Segments, segmentOf } from './drafts.ts';
import type { CampaignWarehouse, ContactRow } from './store.ch.ts';
import { type CampaignRow, type Db, refusalsIn } from './store.pg.ts';

/** Up to so many people are asked for by id; beyond that everyone is read and parted here. */
const BY_ID = 5000;

/** Finds out who a campaign reaches, and what it could show. */
export function openReach(parts: {
  db: Db;
  warehouse: CampaignWarehouse;
  identity: Pick<Identity, 'whoAre' | 'whoIs'>;
  segments: Pick<Segments, 'audience'>;
  promotion: Pick<Promotion, 'coupons'>;
  clock: Clock;
  hasMailServer: boolean;
}) {
  const { db, warehouse, segments, clock } = parts;

  /** When people (as they are now) and addresses last left by a link of ours. */
  async function leaves(workspace: string, among: Parameters<typeof refusalsIn>[2] = null): Promise<Leaves> {
    const refusals = await refusalsIn(db, workspace, among);
    const people = await parts.identity.whoAre(
      workspace,
      refusals.map((r) => Number(r.person_id)),
    );
    const left = new Map<number | string, number>();
    for (const [i, r] of refusals.entries()) {
      const at = r.at.getTime();
      for (const key of [people[i]!, r.address]) left.set(key, Math.max(at, left.get(key) ?? 0));
    }
    return left;
  }

  /** The same of some people, under whatever number they left, and of some addresses. */
  async function leavesOf(
    workspace: string,
    people: readonly number[],
    addresses: string[],
  ): Promise<Leaves> {
    const numbers = new Set(people);
    for (const person of new Set(people))
      for (const number of (await parts.identity.whoIs(workspace, person)).own) numbers.add(number);
    return leaves(workspace, { numbers: [...numbers], addresses });
  }

  /** People as far as mail is concerned; who left by a link of ours has no consent, whatever the profile says yet. */
  async function contacts(workspace: string, people: readonly number[] | null): Promise<Contact[]> {
    const rows = people
      ? await warehouse.contacts(workspace, people)
      : await warehouse.allContacts(workspace);
    const left = await leaves(workspace);
    return rows.map((row) => contactOf(row, left));
  }

  async function audienceOf(row: CampaignRow): Promise<Audience & { people: readonly number[] }> {
    const people = await segments.audience(row.workspace, segmentOf(row));
    if (people.length <= BY_ID) {
      const found = await contacts(row.workspace, people);
      return { people, ...partAudience(withUnknown(people, found)) };
    }
    const members = new Set(people);
    const found = (await contacts(row.workspace, null)).filter((c) => members.has(c.personId));
    return { people, ...partAudience(withUnknown(people, found)) };
  }

  /**
   * The smallest true change of revenue per person that the test would find four times in five, judged by the last
   * days of the campaign's length; by the last ones with sales where the newest data are older.
   */
  async function detectableCents(row: CampaignRow, reached: readonly Contact[], control: number) {
    const now = clock.now();
    const length = row.measure_days * DAY;
    const lastSale = await warehouse.lastSale(row.workspace, now);
    const until = lastSale < now - length ? lastSale + 1 : now;
    const spent = await warehouse.revenue(row.workspace, until - length, until);
    const among = new Set(reached.map((c) => c.personId));
    const moments: Moments = { n: reached.length, sum: 0, sumSquares: 0 };
    for (const { person, cents } of spent) {
      if (!among.has(person)) continue;
      moments.sum += cents;
      moments.sumSquares += cents * cents;
    }
    const step = detectableDifference(varianceOf(moments), control, reached.length - control);
    return Number.isFinite(step) && step > 0 ? Math.round(step) : null;
  }

  return {
    audienceOf,

    /**
     * Which of a campaign's recipients may still be written to: by their number at the launch, for whoever they are now.
     * Their portrait is not asked: that of somebody just merged is not computed yet.
     */
    async willing(
      workspace: string,
      recipients: readonly { person_id: number; address: string }[],
    ): Promise<Set<number>> {
      const people = await parts.identity.whoAre(
        workspace,
        recipients.map((r) => r.person_id),
      );
      const rows = await warehouse.consents(workspace, [...new Set(people)]);
      const said = new Map(rows.map((r) => [r.person, r]));
      const left = await leavesOf(
        workspace,
        people,
        recipients.map((r) => plainAddress(r.address)),
      );
      return new Set(
        recipients.flatMap(({ person_id, address }, i) => {
          const row = said.get(people[i]!);
          return row && agreesTo(row, address, left) ? [person_id] : [];
        }),
      );
    },

    /** Who would get a campaign, who not and why, and what the test could find. */
    async preview(row: CampaignRow): Promise<AudiencePreview> {
      const { people, reached, excluded } = await audienceOf(row);
      const control = reached.filter(
        (c) => armOf(row.id, c.personId, row.control_share) === 'control',
      ).length;
      const split = { treated: reached.length - control, control };
      const terms = row.coupon_id ? await parts.promotion.coupons.terms(row.workspace, row.coupon_id) : null;
      return {
        segment: people.length,
        excluded: EXCLUSIONS.map((reason) => ({ reason, people: excluded[reason] })),
        reach: reached.length,
        ...split,
        detectableCents: await detectableCents(row, reached, control),
        warnings: warningsOf(reached.length, split, {
          mailServer: parts.hasMailServer,
          couponFinished: terms !== null && terms.endsAt !== null && terms.endsAt <= clock.now(),
        }),
      };
    },
  };
}
export type Reach = ReturnType<typeof openReach>;

type Leaves = ReadonlyMap<number | string, number>;

const plainAddress = (address: string) => address.trim().toLowerCase();

/** Who left by a link of ours is out until they do something to agree: what systems have on record does not count. */
function agreesTo(row: Pick<ContactRow, 'person' | 'granted' | 'agreedAt'>, address: string, left: Leaves) {
  const leftAt = Math.max(left.get(row.person) ?? 0, left.get(plainAddress(address)) ?? 0);
  return row.granted === 1 && (leftAt === 0 || row.agreedAt > leftAt);
}

function contactOf(row: ContactRow, left: Leaves): Contact {
  return {
    personId: row.person,
    email: row.email,
    name: row.name,
    hasConsent: agreesTo(row, row.email, left),
  };
}

/** Members whose profile is not computed yet have no address that is known. */
function withUnknown(people: readonly number[], found: readonly Contact[]): Contact[] {
  const known = new Set(found.map((c) => c.personId));
  const unknown = people.filter((p) => !known.has(p));
  return [...found, ...unknown.map((personId) => ({ personId, email: '', name: '', hasConsent: false }))];
}
