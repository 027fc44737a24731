import type { HookPresetName } from '@qianmian/contract';
import type { HookPreset } from './preset.ts';
import { aliyunSms, emailReceipts, mailgun, sendgrid, tencentSms, twilioSms } from './receipts.ts';
import { shopify } from './shopify.ts';
import { adSpend, segmentMessages, socialMentions, surveyAnswers, typeform } from './voices.ts';
import { woocommerce } from './woocommerce.ts';

export type { HookPreset } from './preset.ts';

/** Every sender that is known, by the name the contract gives it. */
export const HOOK_PRESETS: Record<HookPresetName, HookPreset> = {
  shopify,
  woocommerce,
  sendgrid,
  mailgun,
  'email-receipts': emailReceipts,
  'aliyun-sms': aliyunSms,
  'tencent-sms': tencentSms,
  'twilio-sms': twilioSms,
  typeform,
  'survey-answers': surveyAnswers,
  'social-mentions': socialMentions,
  'ad-spend': adSpend,
  custom: segmentMessages,
};

/** The text of a preset's sample, as it would come. */
export function sampleText({ sample }: HookPreset): string {
  return typeof sample.body === 'string' ? sample.body : JSON.stringify(sample.body, null, 2);
}
