import type { CampaignReport, ReportEstimate, Verdict } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/index.ts';

const DAY_MS = 86_400_000;

/** What the numbers allow to be said. */
export function verdictOf(report: CampaignReport): Verdict {
  return report.verdict;
}

/** An estimate whose interval is known; p is not while it is rough. */
export type Interval = { [K in 'value' | 'low' | 'high']: number } & Pick<ReportEstimate, 'pValue'>;

export function intervalOf(estimate: ReportEstimate | null): Interval | null {
  if (!estimate) return null;
  const { value, low, high, pValue } = estimate;
  return low === null || high === null ? null : { value, low, high, pValue };
}

/** Whether some have bought, but so few that estimates are rough and nothing is concluded from them. */
export function hasTooFew({ buyers }: CampaignReport): boolean {
  return buyers !== null && buyers.measured > 0 && buyers.measured < buyers.needed;
}

/** Whether a group is so small that estimates stayed rough even if all bought. */
export function isTooSmall({ buyers, treated, control }: CampaignReport): boolean {
  return buyers !== null && buyers.needed > treated.people + control.people;
}

/** Numbers of the sentence on too few buyers, or on too few people. */
export function fewBuyers({ buyers, treated, control }: CampaignReport, format: Format) {
  return {
    buyers: format.number(buyers?.measured ?? 0),
    needed: format.number(buyers?.needed ?? 0),
    people: format.number(Math.min(treated.people, control.people)),
  };
}

/** Whether orders still count towards it. */
export function isOpen(report: CampaignReport): boolean {
  return report.windowEndsAt !== null && Date.parse(report.windowEndsAt) > Date.parse(report.asOf);
}

/** Whole days measured so far, at most the window. */
export function daysMeasured({ campaign, asOf }: CampaignReport): number {
  if (!campaign.launchedAt) return 0;
  const days = Math.floor((Date.parse(asOf) - Date.parse(campaign.launchedAt)) / DAY_MS);
  return Math.max(0, Math.min(campaign.measureDays, days));
}

/** Three figures are all that an estimate is good for. */
function roughly(cents: number): number {
  return Number(cents.toPrecision(3));
}

/** The sentence of a report: what it earned against not doing it, as surely as it can be said. */
export function reportHeadline(report: CampaignReport, t: TFunction<'campaign'>, format: Format): string {
  const verdict = verdictOf(report);
  const effect = intervalOf(report.incrementalRevenueCents);
  const say = (cents: number) => format.moneyWords(roughly(cents));
  const between = { low: say(effect?.low ?? 0), high: say(effect?.high ?? 0) };
  switch (verdict) {
    case 'nobody':
      return t('verdict.nobody');
    case 'noControl':
      return t('verdict.noControl', { revenue: format.moneyWords(report.treated.revenueCents) });
    case 'badSplit':
      return t('verdict.badSplit');
    case 'running':
      return runningSentence(report, t, format);
    case 'noOrders':
      return t('verdict.noOrders');
    case 'tooFew':
      if (!effect)
        return t(isTooSmall(report) ? 'verdict.tooSmall' : 'verdict.tooFew', fewBuyers(report, format));
      return t(isTooSmall(report) ? 'verdict.roughSmall' : 'verdict.rough', {
        value: say(effect.value),
        ...between,
        ...fewBuyers(report, format),
      });
    case 'gain':
      return t('verdict.gain', { value: say(effect?.value ?? 0), ...between });
    case 'loss':
      return t('verdict.loss', { value: say(Math.abs(effect?.value ?? 0)), ...between });
    case 'unclear':
      return t('verdict.unclear', between);
  }
}

/** While orders still count: what is there so far, and no word on what it means. */
function runningSentence(report: CampaignReport, t: TFunction<'campaign'>, format: Format): string {
  const effect = intervalOf(report.incrementalRevenueCents);
  const say = (cents: number) => format.moneyWords(roughly(cents));
  if (effect) {
    const says = { value: say(effect.value), low: say(effect.low), high: say(effect.high) };
    return hasTooFew(report)
      ? t(isTooSmall(report) ? 'verdict.runningRoughSmall' : 'verdict.runningRough', {
          ...says,
          ...fewBuyers(report, format),
        })
      : t('verdict.running', says);
  }
  if (hasTooFew(report))
    return t(isTooSmall(report) ? 'verdict.tooSmall' : 'verdict.runningTooFew', fewBuyers(report, format));
  return t('verdict.runningNoOrders');
}

/** The line under it: until when is measured, and what the number holds. */
export function reportNote(report: CampaignReport, t: TFunction<'campaign'>, format: Format): string {
  const { campaign, windowEndsAt } = report;
  if (!windowEndsAt) return '';
  const measured = isOpen(report)
    ? t('note.open', {
        day: format.number(daysMeasured(report)),
        days: format.number(campaign.measureDays),
        end: format.date(windowEndsAt),
      })
    : t('note.closed', { days: format.number(campaign.measureDays), end: format.date(windowEndsAt) });
  const discount =
    report.couponDiscountCents > 0
      ? t('note.discount', { amount: format.moneyWords(report.couponDiscountCents) })
      : '';
  return measured + discount;
}

/** What it earned in a phrase, for lists. */
export function earnedPhrase(report: CampaignReport, t: TFunction<'campaign'>, format: Format): string {
  const verdict = verdictOf(report);
  const effect = intervalOf(report.incrementalRevenueCents);
  const value = format.moneyShort(Math.abs(effect?.value ?? 0));
  if (verdict === 'gain') return t('earned.gain', { value });
  if (verdict === 'loss') return t('earned.loss', { value });
  return t(`earned.${verdict}`);
}

/** What the next campaign should do, by what this one showed; each with the numbers behind it. */
export type Lesson =
  | { key: 'wait'; date: string }
  | { key: 'holdOut' }
  | { key: 'checkSplit' }
  | { key: 'repeat' }
  | { key: 'doNotRepeat' }
  | { key: 'more'; people: number; now: number }
  | { key: 'noSize' }
  | { key: 'tooSmall' }
  | { key: 'fewBuyers'; buyers: number; needed: number }
  | { key: 'subject'; share: number }
  | { key: 'offer'; share: number }
  | { key: 'redeem'; share: number }
  | { key: 'addresses'; people: number };

const Z_TWO_SIDED = 1.96;
/** 1.96 for the 5 % level and 0.84 for being found four times in five. */
const Z_POWER = 2.8;
const LOW_OPEN = 0.15;
const LOW_CLICK = 0.1;
const LOW_REDEEM = 0.1;

/** How many people a test of the same split would need to find an effect of the size that was estimated. */
export function peopleNeeded(report: CampaignReport): number | null {
  const effect = intervalOf(report.revenuePerPerson);
  if (!effect || effect.value === 0) return null;
  const standardError = (effect.high - effect.low) / (2 * Z_TWO_SIDED);
  const people = report.treated.people + report.control.people;
  const needed = people * ((Z_POWER * standardError) / effect.value) ** 2;
  return Number.isFinite(needed) ? Math.ceil(needed) : null;
}

export function lessonsOf(report: CampaignReport): Lesson[] {
  return [...effectLessons(report), ...letterLessons(report)];
}

function effectLessons(report: CampaignReport): Lesson[] {
  switch (verdictOf(report)) {
    case 'nobody':
      return [];
    case 'noControl':
      return [{ key: 'holdOut' }];
    case 'badSplit':
      return [{ key: 'checkSplit' }];
    case 'running':
      return report.windowEndsAt ? [{ key: 'wait', date: report.windowEndsAt }] : [];
    case 'gain':
      return [{ key: 'repeat' }];
    case 'loss':
      return [{ key: 'doNotRepeat' }];
    case 'noOrders':
      return [{ key: 'noSize' }];
    case 'tooFew':
      if (isTooSmall(report)) return [{ key: 'tooSmall' }];
      return report.buyers
        ? [{ key: 'fewBuyers', buyers: report.buyers.measured, needed: report.buyers.needed }]
        : [];
    case 'unclear':
      return [sizeLesson(report)];
  }
}

function sizeLesson(report: CampaignReport): Lesson {
  const now = report.treated.people + report.control.people;
  const people = peopleNeeded(report);
  const isUseful = people !== null && (report.revenuePerPerson?.value ?? 0) > 0 && people <= now * 50;
  return isUseful ? { key: 'more', people, now } : { key: 'noSize' };
}

/** Letters are opened over two days or so; before, few have been. */
const DAYS_TO_READ = 2;

function letterLessons(report: CampaignReport): Lesson[] {
  const { funnel, campaign } = report;
  const lessons: Lesson[] = [];
  const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
  const enough = funnel.sent >= 50 && daysMeasured(report) >= DAYS_TO_READ;
  const opened = share(funnel.opened, funnel.sent);
  const clicked = share(funnel.clicked, funnel.opened);
  const redeemed = share(funnel.redeemed, funnel.clicked);
  if (enough && opened < LOW_OPEN) lessons.push({ key: 'subject', share: opened });
  else if (enough && clicked < LOW_CLICK) lessons.push({ key: 'offer', share: clicked });
  else if (enough && campaign.couponId && redeemed < LOW_REDEEM)
    lessons.push({ key: 'redeem', share: redeemed });
  const failed = campaign.counts.failed;
  if (share(failed, funnel.treated) > 0.05) lessons.push({ key: 'addresses', people: failed });
  return lessons;
}

/** A lesson in words. */
export function lessonWords(lesson: Lesson, t: TFunction<'campaign'>, format: Format): string {
  switch (lesson.key) {
    case 'wait':
      return t('lesson.wait', { date: format.date(lesson.date) });
    case 'more':
      return t('lesson.more', { people: format.compact(lesson.people), now: format.number(lesson.now) });
    case 'fewBuyers':
      return t('lesson.fewBuyers', {
        buyers: format.number(lesson.buyers),
        needed: format.number(lesson.needed),
      });
    case 'subject':
    case 'offer':
    case 'redeem':
      return t(`lesson.${lesson.key}`, { share: format.percent(lesson.share) });
    case 'addresses':
      return t('lesson.addresses', { count: lesson.people, people: format.number(lesson.people) });
    default:
      return t(`lesson.${lesson.key}`);
  }
}
