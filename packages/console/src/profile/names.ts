import type { CustomerName } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Called } from '../catalog/called.ts';
import type { Format } from '../ui/format.ts';

type ProfileWords = TFunction<'profile'>;

/** `Product Viewed`, `address.city`, `mini-program` as keys of our words. */
export function wordKey(name: string): string {
  return name
    .trim()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');
}

/** Our own word for a name that came with the data, else the name itself. */
function known(t: ProfileWords, group: string, key: string, name: string): string {
  return (t as (key: string, options: { defaultValue: string }) => string)(`${group}.${key}`, {
    defaultValue: name,
  });
}

export const channelName = (t: ProfileWords, channel: string): string =>
  channel ? known(t, 'channel', wordKey(channel).toLowerCase(), channel) : '–';
export const traitName = (t: ProfileWords, trait: string): string => known(t, 'trait', wordKey(trait), trait);
/** What a trait says in the reader's language: cities and countries by name, days as dates. */
export function traitText(trait: string, value: string, format: Format, called: Called): string {
  const key = wordKey(trait).toLowerCase();
  if (key === 'city' || key === 'address_city') return called('city', value) || value;
  if (/^(?:address_)?country(?:_code)?$/.test(key) && /^[A-Z]{2}$/.test(value)) {
    const regions = new Intl.DisplayNames(format.language === 'zh' ? 'zh-CN' : 'en', { type: 'region' });
    return regions.of(value) ?? value;
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))) return format.day(value);
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/.test(value) && !Number.isNaN(Date.parse(value))
    ? format.date(value)
    : value;
}

export const eventName = (t: ProfileWords, event: string): string =>
  known(t, 'event', wordKey(event).toLowerCase(), event);
export const identifierName = (t: ProfileWords, type: string): string =>
  known(t, 'identifier', wordKey(type).toLowerCase(), type);

/** A channel within a sentence: `the web`, `the app`; names such as WeChat stay as they are. */
export const channelInSentence = (t: ProfileWords, channel: string): string =>
  known(t, 'throughChannel', wordKey(channel).toLowerCase(), channelName(t, channel));

/** What is left of an identifier that only machines tell apart: enough to see that two are not one. */
const tail = (value: string): string => [...value].slice(-4).join('');

/** What a customer is called: the name, else what the shop knows them by; never a number of our own. */
export function displayName(t: ProfileWords, of: Pick<CustomerName, 'name' | 'knownBy'>): string {
  const name = of.name.trim();
  if (name) return name;
  if (!of.knownBy) return t('called.nobody');
  const { type, value } = of.knownBy;
  switch (type) {
    case 'phone':
    case 'email':
      return value;
    case 'member_card':
      return t('called.card', { id: value });
    case 'unionid':
    case 'openid':
      return t('called.wechat', { id: tail(value) });
    case 'device':
    case 'anonymous':
      return t('called.visitor', { id: tail(value) });
    default:
      return t('called.user', { id: value });
  }
}
