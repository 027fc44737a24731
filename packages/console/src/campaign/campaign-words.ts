import type { Campaign } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format, Tone } from '../ui/index.ts';

export const CAMPAIGN_TONES: Record<Campaign['state'], Tone> = {
  draft: 'quiet',
  launching: 'busy',
  sending: 'busy',
  sent: 'good',
  stopped: 'warn',
  failed: 'bad',
};

export function isMoving(campaign: Pick<Campaign, 'state'>): boolean {
  return campaign.state === 'launching' || campaign.state === 'sending';
}

/** Share of the letters that are out of hand: sent, failed or uncertain. */
export function sendingShare({ counts }: Pick<Campaign, 'counts'>): number {
  return counts.treated > 0 ? (counts.sent + counts.failed + counts.uncertain) / counts.treated : 0;
}

/** How the sending goes, in a sentence. */
export function sendingSentence(campaign: Campaign, t: TFunction<'campaign'>, format: Format): string {
  const { counts } = campaign;
  if (campaign.state === 'launching') return t('sending.launching');
  return t('sending.sentence', {
    sent: format.number(counts.sent),
    treated: format.number(counts.treated),
    share: format.percent(sendingShare(campaign), 0),
  });
}

/** The sentence of the list: what is being sent, else how many stand where. */
export function campaignsHeadline(
  campaigns: readonly Campaign[],
  t: TFunction<'campaign'>,
  format: Format,
): string | undefined {
  const moving = campaigns.find(isMoving);
  if (moving) return t('list.sending', { name: moving.name, share: format.percent(sendingShare(moving), 0) });
  if (campaigns.length === 0) return undefined;
  const drafts = campaigns.filter((one) => one.state === 'draft').length;
  const done = campaigns.length - drafts;
  const letters = campaigns.reduce((sum, one) => sum + one.counts.sent, 0);
  if (done === 0) return t('list.onlyDrafts', { count: drafts, drafts: format.number(drafts) });
  const begin = t('list.headline', {
    count: done,
    campaigns: format.number(done),
    letters: format.number(letters),
  });
  return (
    begin +
    (drafts > 0 ? t('list.andDrafts', { count: drafts, drafts: format.number(drafts) }) : t('list.end'))
  );
}
