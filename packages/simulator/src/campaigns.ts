import { isActive } from './demand.ts';
import { emailOf } from './identifiers.ts';
import { type Fields, type Pen, takePen, track } from './messages.ts';
import { HAS } from './people.ts';
import { messagePrefix, type Play, type Stimulus } from './play.ts';
import { chance, SALT } from './rng.ts';
import { consents, memberOnFile } from './visitor.ts';
import type { World } from './world.ts';

/** A mailing of the past, sent to a random half of a random quarter of those who agreed. */
export interface PastCampaign {
  campaignId: string;
  name: string;
  day: number;
  discountPercent: number;
  couponCode?: string;
}

const FIRST_DAY = 75;
const EVERY_DAYS = 61;
const REACH = 0.25;
const TREATED = 0.5;
const DISCOUNTS = [10, 0, 20];

/** The mailings that the retailer sent during a world's history, each a randomised experiment. */
export function pastCampaigns({ options, calendar }: World): PastCampaign[] {
  const campaigns: PastCampaign[] = [];
  for (let day = FIRST_DAY; day < options.days - 20; day += EVERY_DAYS) {
    const month = calendar.season(day).iso.slice(0, 7);
    const discountPercent = DISCOUNTS[campaigns.length % DISCOUNTS.length]!;
    const couponCode = discountPercent > 0 ? `MAIL${discountPercent}-${month}` : undefined;
    campaigns.push({
      campaignId: `mail-${month}`,
      name: `${month} 会员邮件`,
      day,
      discountPercent,
      couponCode,
    });
  }
  return campaigns;
}

/** Sends a past mailing: everyone in the experiment is recorded, the treated half gets the mail. */
export function sendPastCampaign(play: Play, campaign: PastCampaign): void {
  const { world } = play;
  const { seed } = world.options;
  const salt = SALT.campaign + campaign.day;
  for (let person = 0; person < world.people.size; person++) {
    if (chance(seed, person, 0, salt) >= REACH || !isReachable(world, person, campaign.day)) continue;
    const treated = chance(seed, person, 1, salt) < TREATED;
    const atMs =
      world.calendar.startMs(campaign.day) + Math.floor((10 + chance(seed, person, 2, salt)) * 3_600_000);
    const pen = mailPen(play, person, campaign.day, 'm');
    track(pen, atMs, 'Experiment Viewed', {
      experiment_id: campaign.campaignId,
      experiment_name: campaign.name,
      variation_id: treated ? 'treatment' : 'control',
    });
    if (treated) deliver(play, pen, person, atMs + 2_000, campaign);
  }
}

function isReachable(world: World, person: number, day: number): boolean {
  const { people } = world;
  const joined = isActive(world, person, day) || day >= people.dropDay[person]!;
  const hasAccount = (people.flags[person]! & HAS.account) !== 0;
  return joined && day > people.joinDay[person]! && hasAccount && consents(world, person, 'email', day);
}

function deliver(play: Play, pen: Pen, person: number, atMs: number, campaign: PastCampaign): void {
  const { world, agenda } = play;
  const { campaignId, couponCode, discountPercent } = campaign;
  const toEmail = emailOf(world.options.seed, person, world.people.flags[person]!);
  const stimulus: Stimulus = { kind: 'email', toEmail, atMs, campaignId, discountPercent, couponCode };
  track(pen, atMs, 'Email Delivered', campaignFields(stimulus));
  agenda.add({ kind: 'mail', person, atMs, stimulus, past: true });
}

function campaignFields({ campaignId, couponCode, discountPercent }: Stimulus): Fields {
  const fields: Fields = { campaign_id: campaignId ?? '', discount_percent: discountPercent ?? 0 };
  if (couponCode) fields.coupon = couponCode;
  return fields;
}

function mailPen(play: Play, person: number, day: number, letter: string): Pen {
  const prefix = messagePrefix(play, person, day, letter);
  const { who, context } = memberOnFile(play.world, person, prefix)!;
  return takePen(play.out, person, prefix, who, context);
}

/** Records that a past mail was opened or its link clicked, as the mailing tool of the day reported it. */
export function recordPastReaction(
  play: Play,
  person: number,
  atMs: number,
  kind: 'open' | 'click',
  stimulus: Stimulus,
): void {
  const day = play.world.calendar.dayAt(stimulus.atMs);
  const event = kind === 'open' ? 'Email Opened' : 'Email Link Clicked';
  track(mailPen(play, person, day, kind === 'open' ? 'mo' : 'mk'), atMs, event, campaignFields(stimulus));
}
