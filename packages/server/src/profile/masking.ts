import type { TraitValue } from '../collect/index.ts';

/** Personal data as shown to who may not reveal it. Each answer's length says nothing about the length of what it hides. */

/** 王小明 → 王**, Ann Lee → A**. One character alone is hidden whole. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length === 0) return '';
  return characters.length === 1 ? '***' : `${characters[0]}**`;
}

/** ann@shop.example → a***@***.example: the domain can name a person as well as the part before it. */
export function maskEmail(email: string): string {
  const text = email.trim();
  if (text === '') return '';
  const at = text.lastIndexOf('@');
  if (at < 0) return '***';
  const local = [...text.slice(0, at)];
  const ending = /\.[a-z]{2,10}$/i.exec(text.slice(at + 1))?.[0] ?? '';
  return `${local.length > 1 ? local[0] : ''}***@***${ending}`;
}

/** +8613812345678 → ****5678; short numbers are hidden whole. */
export function maskPhone(phone: string): string {
  return keepEnd(phone);
}

/** Any other identifier: its last four characters when there are at least twice as many, else nothing of it. */
export function keepEnd(text: string): string {
  const characters = [...text.trim()];
  if (characters.length === 0) return '';
  return characters.length < 8 ? '****' : `****${characters.slice(-4).join('')}`;
}

export function maskIdentifier(type: string, value: string): string {
  if (type === 'email' || value.includes('@')) return maskEmail(value);
  return keepEnd(value);
}

const PERSONAL =
  /name|mail|phone|mobile|^tel|address|street|zip|postal|birth|card|passport|openid|unionid|wechat|^ip$|token|password|signature|姓名|手机|电话|邮箱|地址|生日|身份证/i;
/** Parts of an address that are shared by many. */
const SHARED = /(^|[._])(city|country|province|state|region)(code|name)?$/i;
/** What an e-mail or a long run of digits looks like; ClickHouse reads the expression alike. */
export const LOOKS_PERSONAL = /\S@\S|\+?\d[\d\s()-]{6,}/;

/** Whether a trait or property of this name tells who a person is. */
export function isPersonal(name: string): boolean {
  return PERSONAL.test(name) && !SHARED.test(name);
}

/** A trait or property: hidden when its name or its look says that it tells who the person is. */
export function maskValue(name: string, value: TraitValue): TraitValue {
  const text = String(value);
  if (typeof value === 'string' && LOOKS_PERSONAL.test(text)) return maskIdentifier('', text);
  if (!isPersonal(name) || typeof value === 'boolean') return value;
  return /name|姓名/i.test(name) ? maskName(text) : '****';
}

/** Words of the form "name = value", as a reason gives them. */
export function maskWords(words: string): string {
  const at = words.indexOf(' = ');
  if (at < 0) return words;
  const name = words.slice(0, at);
  return `${name} = ${maskValue(name, words.slice(at + 3))}`;
}

/** Properties of an event, however deep. */
export function maskProperties(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, maskAny(name, value)]));
}

function maskAny(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => maskAny(name, v));
  if (typeof value === 'object' && value !== null) return maskProperties(value as Record<string, unknown>);
  return typeof value === 'string' || typeof value === 'number' ? maskValue(name, value) : value;
}
