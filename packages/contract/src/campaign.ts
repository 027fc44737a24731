import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, personId, revision, withId } from './endpoint.ts';

export const CAMPAIGN_STATES = ['draft', 'launching', 'sending', 'sent', 'stopped', 'failed'] as const;

/** The e-mail: Liquid templates. Fields: `customer.*`, `coupon.code`, `coupon.words`, `coupon.endsOn`, `shop.name`. */
export const emailContent = z.object({
  fromName: z.string().trim().min(1).max(80),
  subject: z.string().trim().min(1).max(200),
  /** Plain paragraphs in Liquid; blank lines part them; `[text](https://…)` is a link, `[[text]](https://…)` a button. */
  body: z.string().trim().min(1).max(20_000),
});
export type EmailContent = z.infer<typeof emailContent>;

export const campaignDraft = z.object({
  name: z.string().trim().min(1).max(80),
  goal: z.string().trim().max(400).default(''),
  segmentId: z.string().min(1).max(80).nullable(),
  couponId: z.string().min(1).max(80).nullable().default(null),
  /** Share of the audience left untouched, to measure against. */
  controlShare: z.number().min(0).max(0.9).default(0.1),
  /** Days after a person's assignment in which orders count. */
  measureDays: z.number().int().min(1).max(365).default(14),
  email: emailContent,
});
export type CampaignDraft = z.infer<typeof campaignDraft>;

export const campaign = campaignDraft.extend({
  id: z.string(),
  state: z.enum(CAMPAIGN_STATES),
  segmentName: z.string().nullable(),
  couponName: z.string().nullable(),
  /** Goes up by one with every change of the draft. */
  revision,
  createdAt: isoTime,
  updatedAt: isoTime,
  updatedBy: z.string(),
  launchedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
  createdBy: z.string(),
  counts: z.object({
    treated: z.number(),
    control: z.number(),
    queued: z.number(),
    sent: z.number(),
    failed: z.number(),
    uncertain: z.number(),
  }),
  error: z.string().nullable(),
});
export type Campaign = z.infer<typeof campaign>;

/** Who would get it, who not and why, before anything is sent. */
export const audiencePreview = z.object({
  segment: z.number(),
  excluded: z.array(
    z.object({
      reason: z.enum(['noEmail', 'noConsent', 'badAddress', 'duplicateAddress']),
      people: z.number(),
    }),
  ),
  reach: z.number(),
  treated: z.number(),
  control: z.number(),
  /** The smallest true change of revenue per person that the test would find four times in five. */
  detectableCents: z.number().nullable(),
  warnings: z.array(z.string()),
});
export type AudiencePreview = z.infer<typeof audiencePreview>;

export const messagePreview = z.object({
  personId: z.number().nullable(),
  to: z.string(),
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  /** Fields of the template that this person has no value for. */
  missing: z.array(z.string()),
});

export const RECIPIENT_STATES = [
  'control',
  'queued',
  'sending',
  'sent',
  'failed',
  'uncertain',
  'stopped',
] as const;
export const recipient = z.object({
  personId: z.number(),
  name: z.string(),
  state: z.enum(RECIPIENT_STATES),
  to: z.string(),
  couponCode: z.string(),
  sentAt: isoTime.nullable(),
  openedAt: isoTime.nullable(),
  clickedAt: isoTime.nullable(),
  redeemedAt: isoTime.nullable(),
  error: z.string().nullable(),
});

/** One side of the test. Revenue is net of returns, within the measuring window. */
export const arm = z.object({
  people: z.number(),
  buyers: z.number(),
  orders: z.number(),
  revenueCents: z.number(),
  perPersonCents: z.number(),
});

/**
 * An estimated difference with its 95 % interval and p. The interval is null where none can be made (nobody has bought);
 * p also while the estimate is rough: see `buyers`.
 */
export const estimate = z.object({
  value: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  pValue: z.number().nullable(),
});
export type ReportEstimate = z.infer<typeof estimate>;

/**
 * What a report allows to be said, the first that holds: while orders still count it is `running`, whatever the interval
 * looks like, because whoever decides at the first interval that suits decides wrongly more often than it says.
 */
export const VERDICTS = [
  'nobody',
  'noControl',
  'badSplit',
  'running',
  'noOrders',
  'tooFew',
  'gain',
  'loss',
  'unclear',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const campaignReport = z.object({
  campaign,
  asOf: isoTime,
  windowEndsAt: isoTime.nullable(),
  verdict: z.enum(VERDICTS),
  funnel: z.object({
    treated: z.number(),
    sent: z.number(),
    opened: z.number(),
    clicked: z.number(),
    redeemed: z.number(),
  }),
  treated: arm,
  control: arm,
  /**
   * How many of both groups have bought, and how many must for a firm interval of revenue; with fewer, every estimate of
   * the report is rough: its interval is wide, and nothing is concluded from it. Null without two groups.
   */
  buyers: z.object({ measured: z.number(), needed: z.number() }).nullable(),
  /** Null while there is no control group or no one on one side. */
  revenuePerPerson: estimate.nullable(),
  incrementalRevenueCents: estimate.nullable(),
  buyerShare: estimate.nullable(),
  incrementalBuyers: estimate.nullable(),
  /** Revenue is compared after taking off what each one's spend in so many days before foretold; null where it is not. */
  spendBefore: z.object({ days: z.number(), explained: z.number() }).nullable(),
  couponDiscountCents: z.number(),
  /** p of the split being as planned; below 0.001 the numbers are not to be trusted. */
  sampleRatioP: z.number().nullable(),
  daily: z.array(
    z.object({ day: z.number(), treatedPerPersonCents: z.number(), controlPerPersonCents: z.number() }),
  ),
});
export type CampaignReport = z.infer<typeof campaignReport>;

const campaigns = '/v1/workspaces/:workspace/campaigns';

export const campaignEndpoints = {
  listCampaigns: endpoint({
    method: 'GET',
    path: campaigns,
    summary: 'Campaigns, newest first',
    domain: 'campaign',
    access: 'campaign.read',
    params: inWorkspace,
    response: z.array(campaign),
  }),
  createCampaign: endpoint({
    method: 'POST',
    path: campaigns,
    summary: 'Create a draft',
    domain: 'campaign',
    access: 'campaign.write',
    params: inWorkspace,
    body: campaignDraft,
    response: campaign,
  }),
  getCampaign: endpoint({
    method: 'GET',
    path: `${campaigns}/:id`,
    summary: 'A campaign',
    domain: 'campaign',
    access: 'campaign.read',
    params: withId,
    response: campaign,
  }),
  updateCampaign: endpoint({
    method: 'PUT',
    path: `${campaigns}/:id`,
    summary: 'Change a draft; refused when `revision` is given and the draft was changed since',
    domain: 'campaign',
    access: 'campaign.write',
    params: withId,
    body: campaignDraft.extend({ revision: revision.optional() }),
    response: campaign,
  }),
  deleteCampaign: endpoint({
    method: 'DELETE',
    path: `${campaigns}/:id`,
    summary: 'Delete a draft',
    domain: 'campaign',
    access: 'campaign.write',
    params: withId,
  }),
  previewAudience: endpoint({
    method: 'POST',
    path: `${campaigns}/:id/audience`,
    summary: 'Who would get it, who not and why',
    domain: 'campaign',
    access: 'campaign.read',
    params: withId,
    response: audiencePreview,
  }),
  previewMessage: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/messages/preview',
    summary: 'The e-mail as a given person (or a random one) would see it; unknown fields are errors',
    domain: 'campaign',
    access: 'campaign.read',
    params: inWorkspace,
    body: z.object({
      email: emailContent,
      couponId: z.string().nullable().default(null),
      personId: personId.nullable().default(null),
    }),
    response: messagePreview,
  }),
  sendTest: endpoint({
    method: 'POST',
    path: `${campaigns}/:id/test`,
    summary: 'Send the e-mail to an address of your own; counts nowhere',
    domain: 'campaign',
    access: 'campaign.write',
    params: withId,
    body: z.object({ to: z.string().trim().toLowerCase().max(254).pipe(z.email()) }),
    response: z.object({ messageId: z.string() }),
  }),
  launchCampaign: endpoint({
    method: 'POST',
    path: `${campaigns}/:id/launch`,
    summary:
      'Send it; `revision` must be that of the draft just read, `confirmReach` the reach just previewed, give or take a tenth',
    domain: 'campaign',
    access: 'campaign.launch',
    params: withId,
    body: z.object({ confirmReach: z.number().int().min(0), revision }),
    response: campaign,
  }),
  stopCampaign: endpoint({
    method: 'POST',
    path: `${campaigns}/:id/stop`,
    summary: 'Stop sending; who has it keeps it',
    domain: 'campaign',
    access: 'campaign.launch',
    params: withId,
    response: campaign,
  }),
  listRecipients: endpoint({
    method: 'GET',
    path: `${campaigns}/:id/recipients`,
    summary: 'Who was treated or held out, and what became of each',
    domain: 'campaign',
    access: 'campaign.read',
    params: withId,
    query: pageQuery.extend({ state: z.enum(RECIPIENT_STATES).optional() }),
    response: pageOf(recipient),
  }),
  getReport: endpoint({
    method: 'GET',
    path: `${campaigns}/:id/report`,
    summary: 'What it earned: treated against control, with intervals',
    domain: 'insight',
    access: 'campaign.read',
    params: withId,
    response: campaignReport,
  }),
};
