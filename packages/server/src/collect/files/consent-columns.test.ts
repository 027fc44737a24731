import { describe, expect, it } from 'vitest';
import { fileOf, mapped, OPTIONS } from './fixtures.ts';
import { consentSeen, createRowMapper, guessMapping, PRESETS, presetFile, sniffFile } from './index.ts';

/** What a column of customers becomes, by its name and its values. */
function traitOf(header: string, cells: readonly string[] = ['yes', 'no']) {
  const rows = cells.map((cell, i) => ({ email: `p${i}@x.example`, [header]: cell }));
  const { mapping } = guessMapping(['email', header], rows);
  expect(mapping.kind, header).toBe('customers');
  return Object.entries(mapping.traits ?? {}).find(([, extra]) => extra.column === header)?.[0];
}

const EMAIL = `emailConsent|email_consent|email consent|consent_email|Email Consent Status|consent to email marketing
|Accepts Email Marketing|Accepts Marketing|accepts_marketing|buyer_accepts_marketing|Email Marketing Consent
|email opt-in|Email Opt In|opt_in|optin|opted_in|marketing_opt_in|Marketing Opt-In|marketing consent|newsletter|Newsletter?
|newsletter_signup|newsletter subscriber|subscribed|is_subscribed|email_subscribed|email subscription status
|mailchimp_woocommerce_is_subscribed|Accepts marketing emails|receives newsletter|is_opted_in
|订阅|是否订阅|邮件订阅|订阅邮件|接受营销|接受营销信息|接受邮件营销|同意接收邮件|是否同意接收邮件|接收营销邮件|邮件营销同意|订阅状态`;
const SMS = `smsConsent|sms_consent|Accepts SMS Marketing|SMS opt-in|sms_opt_in|text message opt-in|SMS Marketing Consent
|短信订阅|接受短信|接受短信营销|同意接收短信|是否接收短信|手机短信订阅|短信授权`;
const PUSH = 'pushConsent|push_consent|Push opt-in|accepts push notifications|接受推送|推送订阅|允许推送';
const NONE = `consent date|consent_date|newsletter clicks|newsletter_opens|newsletter date|email opt out|email_opt_out|opt_out
|unsubscribed|unsubscribed_at|do not email|email bounced|email status|email verified|consent|gdpr_consent|privacy consent
|terms accepted|OPTIN_TIME|optin_ip|opt-in source|subscription|subscription plan|subscription_status|marketing|marketing cost
|email_consent_at|emails|email count|sms sent|push token|double_opt_in|no newsletter|not subscribed|marketing segment
|退订|是否退订|不接受营销|拒绝短信|订阅时间|订阅日期|邮件订阅时间|同意|同意隐私政策|是否同意协议|短信条数|营销渠道|公众号关注`;
const names = (list: string) => list.split('|').map((name) => name.trim());

describe('columns that say who agreed to be written to', () => {
  it.each([
    ['emailConsent', EMAIL],
    ['smsConsent', SMS],
    ['pushConsent', PUSH],
  ])('become %s under the names that shops give them', (trait, list) => {
    const found = names(list).map((name) => [name, traitOf(name)]);
    expect(found).toEqual(names(list).map((name) => [name, trait]));
  });

  it('are never guessed of a name that may mean something else', () => {
    const found = names(NONE).map((name) => [name, traitOf(name)]);
    expect(found).toEqual(names(NONE).map((name) => [name, name]));
  });

  it('are never guessed of values that are no answers', () => {
    for (const cells of [
      ['2026-05-01', '2026-06-01'],
      ['0', '1', '3'],
      ['weekly', 'monthly', 'no'],
      ['ann@x.example'],
      ['yes', 'yes', 'maybe'],
    ])
      for (const name of ['newsletter', 'opt_in', 'email_consent', '订阅'])
        expect(traitOf(name, cells), `${name}: ${cells}`).toBe(name);
    for (const cells of [
      ['TRUE', 'FALSE'],
      ['1', '0'],
      ['是', '否'],
      ['同意', '不同意'],
      ['subscribed', 'unsubscribed', 'pending'],
      ['', ''],
    ])
      expect(traitOf('newsletter', cells), String(cells)).toBe('emailConsent');
  });

  it('keep every answer as it stands, one column a channel: the one that names it', async () => {
    const path = fileOf(
      'Email,opt_in,Accepts Email Marketing,Accepts SMS Marketing\nann@x.co,no,yes,0\nbob@x.co,yes,unsubscribed,1\n',
      'customers.csv',
    );
    const { headers, sampleRows } = await sniffFile(path);
    const { mapping } = guessMapping(headers, sampleRows);
    expect(mapping.traits).toEqual({
      opt_in: { column: 'opt_in', type: 'text' },
      emailConsent: { column: 'Accepts Email Marketing', type: 'text' },
      smsConsent: { column: 'Accepts SMS Marketing', type: 'text' },
    });
    expect((await mapped(path, createRowMapper(mapping, OPTIONS))).facts).toMatchObject([
      { traits: { emailConsent: 'yes', smsConsent: '0' } },
      { traits: { emailConsent: 'unsubscribed', smsConsent: '1' } },
    ]);
    expect(consentSeen(mapping, sampleRows)).toEqual([
      { channel: 'email', column: 'Accepts Email Marketing', yes: 1, no: 1, unclear: 0 },
      { channel: 'sms', column: 'Accepts SMS Marketing', yes: 1, no: 1, unclear: 0 },
    ]);
  });

  it('are found beside orders, and in known exports', () => {
    const orders = ['order_id', 'date', 'email', 'sku', 'price', 'Email Marketing Status'];
    const row = ['1', '2026-01-02', 'a@x.co', 'A', '5.00', 'subscribed'];
    const { mapping } = guessMapping(orders, [Object.fromEntries(orders.map((name, i) => [name, row[i]!]))]);
    expect(mapping.fields.status).toBeUndefined();
    expect(mapping.traits).toEqual({ emailConsent: { column: 'Email Marketing Status', type: 'text' } });
    const shopify = [
      ...['Name', 'Email', 'Financial Status', 'Paid at', 'Accepts Marketing'],
      ...['Lineitem quantity', 'Lineitem name', 'Lineitem price'],
    ];
    expect(presetFile(PRESETS['shopify-orders'], shopify)?.mapping.traits).toMatchObject({
      emailConsent: { column: 'Accepts Marketing' },
      city: { column: 'Billing City' },
    });
    const members = presetFile(PRESETS['chinese-shop'], ['会员编号', '手机号', '接受短信', '订阅时间']);
    expect(members?.mapping.traits).toMatchObject({ smsConsent: { column: '接受短信' } });
    expect(members?.mapping.traits).not.toHaveProperty('emailConsent');
  });

  it('count what is neither yes nor no apart, and are missing where customers have none', () => {
    const mapping = {
      kind: 'customers' as const,
      fields: { email: { columns: ['mail'] } },
      traits: { emailConsent: { column: 'ok', type: 'text' as const } },
    };
    const rows = ['Yes', 'no', '', 'later', ' 同意 '].map((ok) => ({ mail: 'a@x.co', ok }));
    expect(consentSeen(mapping, rows)).toEqual([
      { channel: 'email', column: 'ok', yes: 2, no: 1, unclear: 1 },
    ]);
    expect(consentSeen({ ...mapping, traits: {} }, rows)).toEqual([]);
    expect(consentSeen({ kind: 'products', fields: { productId: { columns: ['mail'] } } }, rows)).toBe(
      undefined,
    );
  });
});
