/** What shops, tills and mailing services write for a yes. */
const YES = new Set(
  `true|t|yes|y|1|1.0|on|granted|accepted|agreed|opted_in|opted-in|opted in|opt-in|opt in|subscribed
  |是|同意|已同意|订阅|已订阅|接受|已接受|允许|愿意|已授权`
    .split('|')
    .map((word) => word.trim()),
);
/** What they write for a no, and for what was never answered: neither lets anybody be written to. */
const NO = new Set(
  `false|f|no|n|0|0.0|off|denied|declined|refused|rejected|opted_out|opted-out|opted out|opt-out|opt out|unsubscribed
  |not subscribed|not_subscribed|never subscribed|never_subscribed|nonsubscribed|non-subscribed|pending|unconfirmed
  |unknown|none|null|n/a|na|-|cleaned|bounced|redacted
  |否|不|不同意|未同意|未订阅|退订|已退订|取消订阅|已取消|不接受|未接受|拒绝|已拒绝|不允许|不愿意|未授权|未知|无`
    .split('|')
    .map((word) => word.trim()),
);

/** What a value says of consent: only what plainly says yes is a yes, and what says neither is none. */
export function consentSaid(value: unknown): 'yes' | 'no' | 'unclear' {
  const word = String(value).trim().toLowerCase();
  if (YES.has(word)) return 'yes';
  return NO.has(word) ? 'no' : 'unclear';
}
