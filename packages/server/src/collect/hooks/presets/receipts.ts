import type { HookRule, HookValue } from '@qianmian/contract';
import { first, type HookPreset, is, joined } from './preset.ts';

/** Receipts of e-mail and SMS: what became of a message that was sent elsewhere. */

/** Some words of a sender, each told as one event. */
function told(
  event: string,
  at: string,
  words: string[],
  parts: Omit<HookRule['messages'][number], 'type' | 'event'>,
  each?: string,
): HookRule {
  return {
    when: [{ at, is: words }],
    ...(each === undefined ? {} : { each }),
    messages: [{ type: 'track', event: is(event), ...parts }],
  };
}

const sendgridParts = {
  messageId: joined(is('sendgrid'), 'item.sg_event_id'),
  timestamp: { path: 'item.timestamp', as: 'seconds' } as HookValue,
  identifiers: { email: 'item.email' },
  properties: {
    provider: is('sendgrid'),
    email_id: 'item.sg_message_id',
    reason: first('item.reason', 'item.response'),
    status: 'item.status',
    type: 'item.type',
    url: 'item.url',
    category: 'item.category',
  },
  context: { userAgent: 'item.useragent' },
  channel: is('email'),
};
const sendgridTold = (event: string, ...words: string[]) =>
  told(event, 'item.event', words, sendgridParts, 'body');

/** https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
export const sendgrid: HookPreset = {
  version: 1,
  check: { kind: 'sendgrid' },
  mapping: {
    topic: 'body[0].event',
    rules: [
      sendgridTold('Email Delivered', 'delivered'),
      sendgridTold('Email Bounced', 'bounce', 'dropped'),
      sendgridTold('Email Deferred', 'deferred'),
      sendgridTold('Email Opened', 'open'),
      sendgridTold('Email Link Clicked', 'click'),
      sendgridTold('Email Marked as Spam', 'spamreport'),
      sendgridTold('Unsubscribed', 'unsubscribe', 'group_unsubscribe'),
    ],
  },
  sample: {
    body: [
      {
        email: 'example@example.com',
        timestamp: 1780200000,
        'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
        event: 'delivered',
        category: ['cat facts'],
        sg_event_id: 'ZGVsaXZlcmVkLTAtMjY2',
        sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
        response: '250 OK',
      },
      {
        email: 'gone@example.com',
        timestamp: 1780200060,
        event: 'bounce',
        sg_event_id: 'Ym91bmNlLTAtMjY2',
        sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.1',
        reason: '550 5.1.1 The account does not exist',
        status: '5.0.0',
        type: 'bounce',
      },
    ],
  },
};

const DATA = 'body.event-data';
const mailgunParts = {
  messageId: joined(is('mailgun'), `${DATA}.id`),
  timestamp: { path: `${DATA}.timestamp`, as: 'seconds' } as HookValue,
  identifiers: { email: `${DATA}.recipient` },
  properties: {
    provider: is('mailgun'),
    email_id: `${DATA}.message.headers.message-id`,
    subject: `${DATA}.message.headers.subject`,
    reason: first(`${DATA}.delivery-status.description`, `${DATA}.delivery-status.message`, `${DATA}.reason`),
    status: `${DATA}.delivery-status.code`,
    url: `${DATA}.url`,
    tags: `${DATA}.tags`,
  },
  channel: is('email'),
};
const mailgunTold = (event: string, ...words: string[]) => told(event, `${DATA}.event`, words, mailgunParts);
const failed = (event: string, severity: string): HookRule => ({
  ...mailgunTold(event, 'failed'),
  when: [
    { at: `${DATA}.event`, is: ['failed'] },
    { at: `${DATA}.severity`, is: [severity] },
  ],
});

/** https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads */
export const mailgun: HookPreset = {
  version: 1,
  check: { kind: 'mailgun' },
  mapping: {
    topic: `${DATA}.event`,
    rules: [
      mailgunTold('Email Delivered', 'delivered'),
      failed('Email Bounced', 'permanent'),
      failed('Email Deferred', 'temporary'),
      mailgunTold('Email Opened', 'opened'),
      mailgunTold('Email Link Clicked', 'clicked'),
      mailgunTold('Email Marked as Spam', 'complained'),
      mailgunTold('Unsubscribed', 'unsubscribed'),
    ],
  },
  sample: {
    body: {
      signature: { timestamp: '1780200000', token: 'c1b2', signature: '…' },
      'event-data': {
        id: 'G9Bn5sl1TC6nu79C8C0bwg',
        event: 'failed',
        severity: 'permanent',
        reason: 'suppress-bounce',
        timestamp: 1780200000.12,
        recipient: 'alice@example.com',
        message: {
          headers: { 'message-id': '20130503192659.13651.20287@mg.example.com', subject: 'Spring tea' },
        },
        'delivery-status': {
          code: 605,
          description: 'Not delivering to previously bounced address',
          message: '',
        },
        tags: ['spring'],
      },
    },
  },
};

const receipt = (channel: 'email' | 'sms', event: HookValue): HookRule => ({
  when: [],
  each: 'body.receipts',
  messages: [
    {
      type: 'track',
      event,
      messageId: joined(is(channel), first('item.id', joined('item.message_id', 'item.status'))),
      timestamp: { path: 'item.time', as: 'date' },
      identifiers: channel === 'email' ? { email: 'item.email' } : { phone: 'item.phone' },
      properties: {
        [`${channel}_id`]: 'item.message_id',
        status: 'item.status',
        reason: 'item.reason',
        campaign: 'item.campaign',
        url: 'item.url',
      },
      channel: is(channel),
    },
  ],
});

/** Receipts of any mail server: `{receipts: [{id, message_id, email, status, time, reason}]}`. */
export const emailReceipts: HookPreset = {
  version: 1,
  check: { kind: 'hmac', header: 'X-Signature', algorithm: 'sha256', encoding: 'hex' },
  mapping: {
    topic: 'body.receipts[0].status',
    rules: [
      receipt('email', {
        path: 'item.status',
        table: {
          delivered: 'Email Delivered',
          bounced: 'Email Bounced',
          deferred: 'Email Deferred',
          opened: 'Email Opened',
          clicked: 'Email Link Clicked',
          complained: 'Email Marked as Spam',
          unsubscribed: 'Unsubscribed',
        },
      }),
    ],
  },
  sample: {
    body: {
      receipts: [
        {
          id: 'r-1',
          message_id: 'm-1',
          email: 'ann@example.com',
          status: 'delivered',
          time: '2026-05-31T08:00:00Z',
        },
      ],
    },
  },
};

/** https://help.aliyun.com/zh/sms/developer-reference/smsreport-2; times are Beijing's. */
export const aliyunSms: HookPreset = {
  version: 1,
  check: { kind: 'token' },
  answer: { code: 0, msg: '接收成功' },
  mapping: {
    topic: 'body[0].err_code',
    rules: [
      {
        when: [],
        each: 'body',
        messages: [
          {
            type: 'track',
            event: { path: 'item.success', table: { true: 'SMS Delivered', false: 'SMS Failed' } },
            messageId: joined(is('aliyun'), 'item.biz_id', 'item.phone_number', 'item.err_code'),
            timestamp: { path: 'item.report_time', as: 'date', zone: 'Asia/Shanghai' },
            identifiers: { phone: 'item.phone_number' },
            properties: {
              provider: is('aliyun'),
              sms_id: 'item.biz_id',
              reference: 'item.out_id',
              status: 'item.err_code',
              reason: 'item.err_msg',
              segments: { path: 'item.sms_size', as: 'number' },
            },
            channel: is('sms'),
          },
        ],
      },
    ],
  },
  sample: {
    body: [
      {
        phone_number: '13900000001',
        send_time: '2026-05-31 10:00:00',
        report_time: '2026-05-31 10:00:04',
        success: true,
        err_code: 'DELIVERED',
        err_msg: '用户接收成功',
        sms_size: '1',
        biz_id: '932702304080415357^0',
        out_id: '67890',
      },
    ],
  },
};

/** https://www.tencentcloud.com/document/product/382/43547; times are Beijing's. */
export const tencentSms: HookPreset = {
  version: 1,
  check: { kind: 'token' },
  answer: { result: 0, errmsg: 'OK' },
  mapping: {
    topic: 'body[0].report_status',
    rules: [
      {
        when: [],
        each: 'body',
        messages: [
          {
            type: 'track',
            event: { path: 'item.report_status', table: { SUCCESS: 'SMS Delivered', FAIL: 'SMS Failed' } },
            messageId: joined(is('tencent'), 'item.sid', 'item.mobile', 'item.report_status'),
            timestamp: { path: 'item.user_receive_time', as: 'date', zone: 'Asia/Shanghai' },
            identifiers: { phone: { join: [is('+'), 'item.nationcode', 'item.mobile'] } },
            properties: {
              provider: is('tencent'),
              sms_id: 'item.sid',
              status: 'item.errmsg',
              reason: 'item.description',
            },
            channel: is('sms'),
          },
        ],
      },
    ],
  },
  sample: {
    body: [
      {
        user_receive_time: '2026-05-31 08:03:04',
        nationcode: '86',
        mobile: '13900000002',
        report_status: 'SUCCESS',
        errmsg: 'DELIVRD',
        description: '用户短信送达成功',
        sid: '2019:8843289523105671321',
      },
    ],
  },
};

const twilioTold = (event: string, ...words: string[]) =>
  told(event, 'body.MessageStatus', words, {
    messageId: joined(is('twilio'), 'body.MessageSid', 'body.MessageStatus'),
    identifiers: { phone: 'body.To' },
    properties: {
      provider: is('twilio'),
      sms_id: 'body.MessageSid',
      status: 'body.MessageStatus',
      reason: 'body.ErrorCode',
    },
    channel: is('sms'),
  });

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status; a form that tells no time. */
export const twilioSms: HookPreset = {
  version: 1,
  check: { kind: 'twilio' },
  mapping: {
    topic: 'body.MessageStatus',
    rules: [
      twilioTold('SMS Sent', 'sent'),
      twilioTold('SMS Delivered', 'delivered'),
      twilioTold('SMS Failed', 'undelivered', 'failed'),
    ],
  },
  sample: {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'SmsSid=SM2xxxxxx&SmsStatus=delivered&MessageStatus=delivered&To=%2B15558675310&MessageSid=SM2xxxxxx&AccountSid=ACxxxxxxx&From=%2B15017122661&ApiVersion=2010-04-01',
  },
};
