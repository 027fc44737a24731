import type {
  Condition,
  ConditionLeaf,
  NumberTest,
  OrderFilter,
  TraitTest,
  Window,
} from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format } from '../ui/format.ts';

type Leaf<K> = Extract<ConditionLeaf, { kind: K }>;

/** How the things a condition refers to are called in the reader's language. */
export interface Names {
  trait: (name: string) => string;
  event: (name: string) => string;
  segment: (id: string) => string;
  tag: (name: string) => string;
  store: (id: string) => string;
  channel: (name: string) => string;
  product: (id: string) => string;
  category: (key: string) => string;
  brand: (key: string) => string;
}

/** What a sentence is written with. */
export interface Writing {
  t: TFunction<['segment', 'profile']>;
  format: Format;
  names: Names;
}

const MONEY_FACTS = new Set(['spendCents', 'averageOrderCents', 'returnsCents']);

/** Facts that are kept in minor units and typed in the unit people speak of. */
export const isMoneyFact = (fact: string): boolean => MONEY_FACTS.has(fact);
export const isMoneyMeasure = (measure: string): boolean => measure.endsWith('Cents');

/** A whole condition in one plain sentence. Groups within groups stand in brackets. */
export function sentence(c: Condition, w: Writing): string {
  return upperFirst(clause(c, w, true));
}

/** A single condition in a plain sentence; what is still to be chosen is an ellipsis. */
export function leafSentence(leaf: ConditionLeaf, w: Writing): string {
  return upperFirst(leafClause(leaf, w));
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function clause(c: Condition, w: Writing, isOuter = false): string {
  const { t } = w;
  if (c.kind === 'not') return t('says.not', { what: clause(c.of, w, true) });
  if (c.kind !== 'all' && c.kind !== 'any') return leafClause(c, w);
  if (c.of.length === 0) return t(c.kind === 'all' ? 'says.everyone' : 'says.noOne');
  const joined = c.of.map((part) => clause(part, w)).join(t(c.kind === 'all' ? 'says.and' : 'says.or'));
  return isOuter || c.of.length === 1 ? joined : t('says.group', { what: joined });
}

function leafClause(leaf: ConditionLeaf, w: Writing): string {
  const { t, names } = w;
  switch (leaf.kind) {
    case 'trait':
      return traitClause(leaf.trait ? names.trait(leaf.trait) : '…', leaf.test, w);
    case 'fact':
      return factClause(leaf, w);
    case 'rfmGroup':
      return t('says.rfmGroup', {
        groups: anyOf(
          leaf.groups.map((g) => t(`profile:group.${g}`)),
          w,
        ),
      });
    case 'lifecycle':
      return t('says.lifecycle', {
        stages: anyOf(
          leaf.stages.map((s) => t(`profile:stage.${s}`)),
          w,
        ),
      });
    case 'tag':
      return t('says.tag', { tag: leaf.tag ? names.tag(leaf.tag) : '…' });
    case 'consent':
      return t(leaf.granted ? 'says.consent' : 'says.noConsent', {
        channel: t(`consentChannel.${leaf.channel}`),
      });
    case 'segment':
      return t('says.segment', { segment: leaf.segment ? names.segment(leaf.segment) : '…' });
    case 'orders':
      return ordersClause(leaf, w);
    case 'events':
      return eventsClause(leaf, w);
  }
}

/** `A`, `A or B`, `A, B or C`; an ellipsis for none yet. */
function anyOf(items: readonly string[], { format, t }: Writing): string {
  if (items.length === 0) return '…';
  if (items.length > 6)
    return t('says.many', { some: items.slice(0, 5).join(t('says.comma')), more: items.length - 5 });
  return format.language === 'zh'
    ? items.join('、')
    : new Intl.ListFormat('en', { type: 'disjunction' }).format(items);
}

function traitClause(trait: string, test: TraitTest, w: Writing): string {
  const { t, format } = w;
  switch (test.op) {
    case 'exists':
    case 'missing':
      return t(`says.trait.${test.op}`, { trait });
    case 'in':
    case 'notIn':
      return t(`says.trait.${test.op}`, {
        trait,
        value: anyOf(
          test.value.map((v) => scalar(v, w)),
          w,
        ),
      });
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return t('says.trait.number', {
        trait,
        test: t(`says.op.${test.op}`, { value: number(test.value, (v) => format.number(v, 6)) }),
      });
    default:
      return t(`says.trait.${test.op}`, { trait, value: scalar(test.value, w) });
  }
}

function scalar(value: string | number | boolean, { t, format }: Writing): string {
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return number(value, (v) => format.number(v, 6));
  return value === '' ? '…' : value;
}

function number(value: number, write: (value: number) => string): string {
  return Number.isFinite(value) ? write(value) : '…';
}

/** A comparison in words: `at least 3`, `≥ 3`; of what is counted one says fewer, not less. */
function compared(
  test: NumberTest,
  write: (value: number) => string,
  { t }: Writing,
  isCount = false,
): string {
  const op = test.op === 'lt' && isCount ? 'ltCount' : test.op;
  return t(`says.op.${op}`, { value: number(test.value, write) });
}

function factClause({ fact, test }: Leaf<'fact'>, w: Writing): string {
  const { t, format } = w;
  const write = isMoneyFact(fact) ? moneyWriter(format) : (value: number) => format.number(value, 2);
  return t(`says.fact.${fact}`, {
    test: compared(test, write, w, fact === 'orders'),
    count: test.value === 1 ? 1 : 2,
  });
}

/** Money without empty decimals: `¥500`, `¥499.50`. */
function moneyWriter(format: Format) {
  return (cents: number) =>
    Number.isInteger(format.major(cents))
      ? format.currencySymbol + format.number(format.major(cents))
      : format.money(cents);
}

/** Whether a test of a count asks for any at all, or for none. */
function someOrNone({ op, value }: NumberTest): 'some' | 'none' | null {
  if ((op === 'gte' && value === 1) || (op === 'gt' && value === 0)) return 'some';
  if ((op === 'eq' && value === 0) || (op === 'lt' && value === 1) || (op === 'lte' && value === 0))
    return 'none';
  return null;
}

function ordersClause(leaf: Leaf<'orders'>, w: Writing): string {
  const { t, format } = w;
  const parts = { window: windowWords(leaf.window, w), where: whereWords(leaf.where ?? {}, w) };
  const kind = leaf.measure === 'count' ? someOrNone(leaf.test) : null;
  if (kind)
    return tidy(t(leaf.window.kind === 'ever' ? `says.orders.${kind}Ever` : `says.orders.${kind}`, parts));
  const write = isMoneyMeasure(leaf.measure)
    ? moneyWriter(format)
    : (value: number) => format.number(value, 2);
  const said = t(`says.orders.${leaf.measure}`, {
    ...parts,
    test: compared(leaf.test, write, w, !isMoneyMeasure(leaf.measure)),
    count: leaf.test.value === 1 ? 1 : 2,
  });
  return tidy(said);
}

function eventsClause(leaf: Leaf<'events'>, w: Writing): string {
  const { t, format, names } = w;
  const tests = (leaf.where ?? []).map(({ property, test }) => traitClause(property || '…', test, w));
  const parts = {
    event: leaf.event ? names.event(leaf.event) : '…',
    window: windowWords(leaf.window, w),
    where: tests.length > 0 ? t('says.eventWhere', { tests: tests.join(t('says.and')) }) : '',
  };
  const kind = someOrNone(leaf.test);
  if (kind) return tidy(t(`says.events.${kind}`, parts));
  return tidy(
    t('says.events.count', {
      ...parts,
      test: compared(leaf.test, (value) => format.number(value, 2), w, true),
      count: leaf.test.value === 1 ? 1 : 2,
    }),
  );
}

/** Gaps that an empty window or filter leaves. */
function tidy(text: string): string {
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/ ([,;)])/g, '$1')
    .trim();
}

function windowWords(window: Window, { t, format }: Writing): string {
  if (window.kind === 'ever') return '';
  if (window.kind === 'rolling')
    return t('says.window.rolling', {
      days: number(window.days, format.number),
      count: Number.isFinite(window.days) ? window.days : 2,
    });
  if (!window.from || !window.to) return '…';
  return t('says.window.absolute', { days: format.days(window.from, window.to) });
}

const FILTERS = ['categories', 'brands', 'products', 'stores', 'channels'] as const;

function whereWords(where: OrderFilter, w: Writing): string {
  const { t, names } = w;
  const named = {
    categories: names.category,
    brands: names.brand,
    products: names.product,
    stores: names.store,
    channels: names.channel,
  };
  const parts = FILTERS.filter((filter) => (where[filter]?.length ?? 0) > 0).map((filter) =>
    t(`says.where.${filter}`, { items: anyOf((where[filter] ?? []).map(named[filter]), w) }),
  );
  return parts.length > 0 ? t('says.whereAll', { parts: parts.join(t('says.wherePart')) }) : '';
}
