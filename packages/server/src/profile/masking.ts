import { IDENTIFIER_TYPES, type TraitValue } from '../collect/index.ts';

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

/** Words that say of a name that it tells who a person is, wherever they stand in it. */
const PERSONAL_WORDS = [
  'name|mail|phone|mobile|address|addr|street|zip|postal|birth|card|passport|open_?id|union_?id|wechat|weixin|whatsapp',
  'telegram|token|password|signature|receiver|recipient|consignee|contact|licen[cs]e|fingerprint|device_?id',
  '(coupon|promo|voucher|gift)_?code',
  '姓名|名字|真名|姓氏|收货人|收件人|收货信息|寄件人|发件人|联系人|联系方式|联络|昵称|称呼|旺旺|^买家$|买家姓|[户员客家]名',
  '持卡人|法人|手机|电话|座机|传真|邮箱|邮件|电邮|邮编|地址|住址|街道|门牌|小区|楼栋|生日|生辰|出生|身份证|证件|护照|驾照',
  '驾驶证|社保号|卡号|银行卡|账号|帐号|微信|支付宝|车牌|签名|密码|口令|设备号|经度|纬度|定位|备注|留言|券码|优惠码|兑换码',
];
/** Words that stand in harmless ones too (`shipping`, `classnumber`, `remarketing`): they count alone. */
const PERSONAL_TOKENS = [
  'tel(no)?|fax|nick|dob|ssn|qq|iban|swift|ip(v4|v6)?|(client|remote|login|source|real)ip|lat|latitude|lng|lon|longitude',
  'imei|imsi|idfa|idfv|oaid|gaid|mac|remarks?|id_?(no|num|number|card|code)',
  // What people write freely may say anything of them.
  '(notes?|memos?|comments?|instructions?|(?<!(error|err|log|status)_)messages?)(_?(text|body))?$',
  '(national|identity|citizen|personal|tax|driver)_?(id|no|num|number)|(bank|account)_?(account|no|num|number|holder)',
  '(user|anonymous|previous|client|visitor|distinct|login|member|customer|cookie|external)_?id|uid',
];
const token = (words: readonly string[]) => `(?<![a-z])(${words.join('|')})(?![a-z])`;
const PERSONAL = new RegExp(`${PERSONAL_WORDS.join('|')}|${token(PERSONAL_TOKENS)}`);
/** Parts of an address that are shared by many. */
const SHARED = /(^|_)(city|country|province|state|region)_?(code|name)?$|(国家|省份?|城市|地区|区县)$/;
/** What is called by a person's own name, of which one character may be shown. */
const CALLED =
  /(name|nick|receiver|recipient|consignee|姓名|名字|收货人|收件人|联系人|昵称|称呼)(_?(zh|en|cn))?$/;

const QUANTITIES =
  'counts?|amount|total|subtotal|sum|cents|price|cost|fee|qty|quantity|points|balance|score|spend|spent|revenue|discount|tax|size|days|opens|clicks|visits|orders|comments|gmv|ltv|views|followers|bytes|ms|seconds|duration';
const QUANTITIES_ZH = '数量?|额|价格?|费用?|分|合计|销量|库存|消费';
/** How much there is of something. */
const QUANTITY = new RegExp(
  `(?<![a-z])(${QUANTITIES})(_(cny|usd|eur|\\d+))*$|(${QUANTITIES_ZH})$|^(total|sum|count|num|number_of|avg|average)_`,
);
const COUNTED = new RegExp(`(?<![a-z])(${QUANTITIES})$|(${QUANTITIES_ZH})$`);
/** Numbers of orders and goods, which are no one's own. */
const ORDER_OR_GOODS =
  /(order|product|sku|spu|item|goods|store|shop|coupon|campaign|batch|invoice|payment|transaction|trade|tracking|shipment|refund|return|category|variant|event|message|session|page|version|build)s?_?(id|no|num|number|code|sn)s?$|(?<![a-z])(sku|spu|barcode|ean|upc|gtin|isbn|asin|version)$|(订单|商品|货品|产品|门店|店铺|优惠券|活动|批次|退款|退货|交易|流水|物流|快递|运单|发票)_?(编?号|id|编码|码|单号)$|条码|条形码|货号|款号|单号$/;
const MOMENT =
  /(?<![a-z])(at|time|timestamp|ts|date|day|month|year|since|until|expires?|created|updated)$|时间$|日期$/;

/** What an e-mail or a long run of digits looks like; ClickHouse reads the expression alike. */
export const LOOKS_PERSONAL = /\S@\S|\+?\d[\d\s()-]{6,}/;
const LOOKS_LIKE_EMAIL = /\S@\S/;
/** A moment as machines write it: its digits are no phone number. */
const ISO_MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/;
const DATE = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/;
/** Whole numbers from here on have as many digits as a phone number. */
export const LONG_NUMBER = 1_000_000;

/** A name in small letters, its words apart: `clientIp` and `Client IP` are `client_ip`. */
function wordsOf(name: string): string {
  return name
    .replace(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_');
}

/** What a name says of what lies under it. */
interface Sense {
  isPersonal: boolean;
  /** A person's own name, of which one character may be shown. */
  isCalled: boolean;
  /** How much of something: a number of it names nobody, whatever of. */
  isCount: boolean;
  /** What a text must not look like to be shown. */
  look: RegExp;
  mayHoldPhones: boolean;
}

/** Names come again with every row; so many are remembered. */
const REMEMBERED = 5000;
const senses = new Map<string, Sense>();

function senseOf(name: string): Sense {
  const known = senses.get(name);
  if (known) return known;
  const words = wordsOf(name);
  const isOrdinary = QUANTITY.test(words) || ORDER_OR_GOODS.test(words);
  const sense = {
    isPersonal: PERSONAL.test(words) && !SHARED.test(words),
    isCalled: CALLED.test(words),
    isCount: COUNTED.test(words),
    look: isOrdinary ? LOOKS_LIKE_EMAIL : LOOKS_PERSONAL,
    mayHoldPhones: !isOrdinary && !MOMENT.test(words),
  };
  if (senses.size >= REMEMBERED) senses.clear();
  if (name.length <= 200) senses.set(name, sense);
  return sense;
}

/** Whether a trait or property of this name tells who a person is; a path tells it by any of its parts. */
export function isPersonal(name: string): boolean {
  return senseOf(name).isPersonal;
}

/** What a text looks like that must not be shown under a name: numbers of orders and amounts may be long. */
export function personalLook(name: string): RegExp {
  return senseOf(name).look;
}

/** Whether a long whole number under this name may be one that reaches a person. */
export function mayHoldPhones(name: string): boolean {
  return senseOf(name).mayHoldPhones;
}

/** A trait or property: hidden when its name or its look says that it tells who the person is. */
export function maskValue(name: string, value: TraitValue): TraitValue {
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' ? maskNumber(senseOf(name), value) : maskText(senseOf(name), value);
}

function maskNumber(sense: Sense, value: number): TraitValue {
  if (sense.isPersonal) return sense.isCount ? value : '****';
  const isLong = Number.isInteger(value) && Math.abs(value) >= LONG_NUMBER;
  return isLong && sense.mayHoldPhones ? keepEnd(String(value)) : value;
}

function maskText(sense: Sense, text: string): string {
  if (!sense.isPersonal)
    return sense.look.test(text) && !ISO_MOMENT.test(text) ? maskIdentifier('', text) : text;
  // The end of a date is the day of a birthday.
  if (LOOKS_PERSONAL.test(text) && !DATE.test(text)) return maskIdentifier('', text);
  return sense.isCalled ? maskName(text) : '****';
}

/** Words of the form "name = value", as a reason gives them. */
export function maskWords(words: string): string {
  const at = words.indexOf(' = ');
  if (at < 0) return words;
  const name = words.slice(0, at);
  return `${name} = ${maskValue(name, words.slice(at + 3))}`;
}

/** Properties of an event, however deep; what lies within a personal property is personal as well. */
export function maskProperties(properties: Record<string, unknown>, within = ''): Record<string, unknown> {
  const path = (name: string) => (within === '' ? name : `${within}.${name}`);
  const shown = Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, maskAny(path(name), value)]),
  );
  const { type, id } = properties;
  if ((typeof id === 'string' || typeof id === 'number') && isOfIdentifier(type, within))
    shown.id = maskIdentifier(String(type), String(id));
  return shown;
}

const IDENTIFIERS = new Set<unknown>([...IDENTIFIER_TYPES, 'user_id', 'anonymous_id', 'device_id', 'card']);

/** Whether an `id` beside a `type` is one that a person is known by. */
const isOfIdentifier = (type: unknown, within: string) =>
  IDENTIFIERS.has(type) || /(^|\.)externalIds?$/i.test(within);

function maskAny(path: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((v) => maskAny(path, v));
  if (typeof value === 'object' && value !== null)
    return maskProperties(value as Record<string, unknown>, path);
  return typeof value === 'string' || typeof value === 'number' ? maskValue(path, value) : value;
}
