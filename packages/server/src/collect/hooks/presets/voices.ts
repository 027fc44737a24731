import type { HookCheck, HookValue } from '@qianmian/contract';
import { first, type HookPreset, is, joined } from './preset.ts';

/** What people say and what is spent: answers to surveys, mentions, advertising. */

const signedHex: HookCheck = { kind: 'hmac', header: 'X-Signature', algorithm: 'sha256', encoding: 'hex' };

const RESPONSE = 'body.form_response';
/** The answer to whatever was asked, by what kind of answer it is. */
const typeformAnswer: HookValue = first(
  'item.text',
  'item.choice.label',
  'item.choice.other',
  'item.choices.labels',
  'item.number',
  'item.boolean',
  'item.email',
  'item.phone_number',
  'item.date',
  'item.url',
  'item.file_url',
);

/** https://www.typeform.com/developers/webhooks/example-payload/ */
export const typeform: HookPreset = {
  version: 1,
  check: {
    kind: 'hmac',
    header: 'Typeform-Signature',
    algorithm: 'sha256',
    encoding: 'base64',
    prefix: 'sha256=',
  },
  mapping: {
    topic: `${RESPONSE}.definition.title`,
    rules: [
      {
        when: [{ at: 'body.event_type', is: ['form_response'] }],
        messages: [
          {
            type: 'track',
            event: is('Survey Answered'),
            messageId: joined(is('typeform'), first(`${RESPONSE}.token`, 'body.event_id')),
            timestamp: { path: `${RESPONSE}.submitted_at`, as: 'date' },
            identifiers: {
              user: first(`${RESPONSE}.hidden.user_id`, `${RESPONSE}.hidden.userid`),
              email: first(`${RESPONSE}.hidden.email`, `${RESPONSE}.answers[type=email].email`),
              phone: first(`${RESPONSE}.hidden.phone`, `${RESPONSE}.answers[type=phone_number].phone_number`),
            },
            properties: {
              survey_id: `${RESPONSE}.form_id`,
              survey_name: `${RESPONSE}.definition.title`,
              response_id: `${RESPONSE}.token`,
              score: `${RESPONSE}.calculated.score`,
              answers: {
                each: `${RESPONSE}.answers`,
                of: {
                  fields: {
                    question_id: first('item.field.ref', 'item.field.id'),
                    type: 'item.type',
                    answer: typeformAnswer,
                  },
                },
              },
            },
            channel: is('survey'),
          },
        ],
      },
    ],
  },
  sample: {
    body: {
      event_id: 'LtWXD3crgy',
      event_type: 'form_response',
      form_response: {
        form_id: 'lT4Z3j',
        token: 'a3a12ec67a1365927098a606107fac15',
        submitted_at: '2026-05-30T18:17:02Z',
        landed_at: '2026-05-30T18:07:02Z',
        calculated: { score: 9 },
        hidden: { user_id: 'customer-1' },
        definition: { id: 'lT4Z3j', title: 'After the purchase', fields: [] },
        answers: [
          {
            type: 'text',
            text: "It's cold right now!",
            field: { id: 'DlXFaesGBpoF', type: 'long_text', ref: 'readable_ref_long_text' },
          },
          { type: 'email', email: 'laura@example.com', field: { id: 'SMEUb7VJz92Q', type: 'email' } },
          {
            type: 'choices',
            choices: { labels: ['London', 'Sydney'] },
            field: { id: 'k6TP9oLGgHjl', type: 'multiple_choice' },
          },
          { type: 'number', number: 5, field: { id: 'NRsxU591jIW9', type: 'opinion_scale' } },
          { type: 'boolean', boolean: true, field: { id: 'gFFf3xAkJKsr', type: 'legal' } },
        ],
      },
    },
  },
};

/** Answers of any survey tool (问卷星, 腾讯问卷, …): `{survey, response, user, answers: [{question, answer}]}`. */
export const surveyAnswers: HookPreset = {
  version: 1,
  check: signedHex,
  mapping: {
    topic: 'body.survey.name',
    rules: [
      {
        when: [],
        messages: [
          {
            type: 'track',
            event: is('Survey Answered'),
            messageId: joined(is('survey'), 'body.survey.id', 'body.response.id'),
            timestamp: { path: 'body.response.time', as: 'date' },
            identifiers: {
              user: 'body.user.id',
              email: 'body.user.email',
              phone: 'body.user.phone',
              openid: 'body.user.openid',
            },
            properties: {
              survey_id: 'body.survey.id',
              survey_name: 'body.survey.name',
              response_id: 'body.response.id',
              score: { path: 'body.score', as: 'number' },
              answers: {
                each: 'body.answers',
                of: { fields: { question_id: 'item.id', question: 'item.question', answer: 'item.answer' } },
              },
            },
            channel: is('survey'),
          },
        ],
      },
    ],
  },
  sample: {
    body: {
      survey: { id: 'nps-2026', name: '购后满意度' },
      response: { id: '88021', time: '2026-05-30 18:20:00' },
      user: { phone: '13900000003' },
      score: '9',
      answers: [{ id: 'q1', question: '您愿意推荐我们吗？', answer: '愿意' }],
    },
  },
};

/** Mentions as a listening service tells them: `{mentions: [{id, network, author, text, url, time, sentiment}]}`. */
export const socialMentions: HookPreset = {
  version: 1,
  check: signedHex,
  mapping: {
    topic: 'body.mentions[0].network',
    rules: [
      {
        when: [],
        each: 'body.mentions',
        messages: [
          {
            type: 'track',
            event: is('Social Mention'),
            messageId: joined(is('mention'), 'item.network', 'item.id'),
            timestamp: { path: 'item.time', as: 'date' },
            properties: {
              mention_id: 'item.id',
              network: { path: 'item.network', as: 'lower' },
              author: first('item.author.name', 'item.author'),
              followers: { path: 'item.author.followers', as: 'number' },
              text: 'item.text',
              url: 'item.url',
              sentiment: { path: 'item.sentiment', as: 'lower' },
              language: 'item.language',
              reach: { path: 'item.reach', as: 'number' },
            },
            channel: is('social'),
          },
        ],
      },
    ],
  },
  sample: {
    body: {
      mentions: [
        {
          id: '5031234',
          network: 'Weibo',
          author: { name: '茶客', followers: 1200 },
          text: '新茶真香',
          url: 'https://weibo.example/5031234',
          time: '2026-05-30T09:00:00+08:00',
          sentiment: 'Positive',
          language: 'zh',
        },
      ],
    },
  },
};

/** What advertising cost, a row a day and campaign; the same row told again replaces nothing and counts once. */
export const adSpend: HookPreset = {
  version: 1,
  check: signedHex,
  mapping: {
    topic: 'body.rows[0].platform',
    rules: [
      {
        when: [],
        each: 'body.rows',
        messages: [
          {
            type: 'track',
            event: is('Ad Spend Reported'),
            messageId: joined(
              is('spend'),
              'item.platform',
              'item.account',
              first('item.campaign_id', 'item.campaign'),
              'item.ad_set',
              'item.day',
              first('item.revision', is('1')),
            ),
            timestamp: { path: 'item.day', as: 'date' },
            properties: {
              platform: { path: 'item.platform', as: 'lower' },
              account: 'item.account',
              campaign_id: 'item.campaign_id',
              campaign: 'item.campaign',
              ad_set: 'item.ad_set',
              day: 'item.day',
              spend: { path: 'item.spend', as: 'money' },
              currency: first('item.currency', 'body.currency'),
              impressions: { path: 'item.impressions', as: 'number' },
              clicks: { path: 'item.clicks', as: 'number' },
              conversions: { path: 'item.conversions', as: 'number' },
            },
            channel: is('ads'),
          },
        ],
      },
    ],
  },
  sample: {
    body: {
      currency: 'CNY',
      rows: [
        {
          platform: 'Douyin',
          account: 'tea',
          campaign_id: 'c-7',
          campaign: '春茶',
          day: '2026-05-30',
          spend: '¥1,234.50',
          impressions: 88000,
          clicks: 1320,
          conversions: 41,
        },
      ],
    },
  },
};

/** Segment's messages, signed: for a sender that can be told what to send. */
export const segmentMessages: HookPreset = {
  version: 1,
  check: signedHex,
  mapping: {
    topic: 'body.messages[0].event',
    rules: [
      {
        when: [{ at: 'item.event', isThere: true }],
        each: 'body.messages',
        messages: [
          {
            type: 'track',
            event: 'item.event',
            messageId: 'item.messageId',
            timestamp: { path: 'item.timestamp', as: 'date' },
            identifiers: {
              user: 'item.userId',
              anonymous: 'item.anonymousId',
              email: 'item.email',
              phone: 'item.phone',
            },
            properties: 'item.properties',
            context: 'item.context',
            channel: 'item.channel',
          },
        ],
      },
    ],
  },
  sample: {
    body: {
      messages: [
        {
          messageId: 'm-1',
          event: 'Workshop Attended',
          userId: 'customer-1',
          timestamp: '2026-05-30T09:00:00Z',
          properties: { seats: 2 },
        },
      ],
    },
  },
};
