import type { Condition, ConditionLeaf, WhyNode } from '@qianmian/contract';
import { isMoneyFact, isMoneyMeasure, leafSentence, type Writing } from './sentence.ts';
import { childrenOf, isGroup } from './tree.ts';

/** One part of a rule judged for one person: what it asks, whether it holds, and what the person has. */
export interface WhyLine {
  says: string;
  holds: boolean;
  /** The person's own value, in words; empty where there is none to show. */
  own: string;
  of: WhyLine[];
}

/** The rule and its verdict laid side by side. `conditionOf` gives the rule of a segment that is referred to. */
export function whyLines(
  condition: Condition,
  why: WhyNode,
  w: Writing,
  conditionOf: (segment: string) => Condition | undefined,
): WhyLine {
  const parts = childrenOf(condition);
  const inner = (rule: Condition, node: WhyNode) => whyLines(rule, node, w, conditionOf);
  if (condition.kind === 'not' && isGroup(condition.of) && why.of[0]) {
    // "Not any of" reads as "none of": one line instead of two.
    const { of } = inner(condition.of, why.of[0]);
    const says = w.t(condition.of.kind === 'any' ? 'why.noneOf' : 'why.notAll');
    return { says, holds: why.holds, own: '', of };
  }
  if (condition.kind === 'not' || isGroup(condition)) {
    const of = why.of.flatMap((node, n) => (parts[n] ? [inner(parts[n], node)] : []));
    return { says: groupWords(condition, w), holds: why.holds, own: '', of };
  }
  if (condition.kind === 'segment') {
    const rule = conditionOf(condition.segment);
    const of = rule && why.of[0] ? [inner(rule, why.of[0])] : [];
    return { says: leafSentence(condition, w), holds: why.holds, own: '', of };
  }
  return {
    says: leafSentence(condition, w),
    holds: why.holds,
    own: ownValue(condition, why.fact, w),
    of: [],
  };
}

function groupWords(c: Condition, { t }: Writing): string {
  if (c.kind === 'not') return t('why.not');
  return t(c.kind === 'all' ? 'why.all' : 'why.any');
}

/** What the server says of a person, `orders = 7` or `orders: none`, in words. */
function ownValue(leaf: ConditionLeaf, fact: string | null, w: Writing): string {
  const { t, format } = w;
  if (fact === null) return '';
  const cut = fact.indexOf(' = ');
  if (cut < 0) return t('why.none');
  const value = fact.slice(cut + 3);
  const number = Number(value);
  switch (leaf.kind) {
    case 'fact':
      if (isMoneyFact(leaf.fact)) return format.money(number);
      return leaf.fact.startsWith('days')
        ? t('why.days', { days: format.number(number) })
        : format.number(number, 2);
    case 'orders':
      return isMoneyMeasure(leaf.measure) ? format.money(number) : format.number(number, 2);
    case 'events':
      return t('why.times', { times: format.number(number) });
    case 'rfmGroup':
    case 'lifecycle':
      return (t as (key: string, options: { defaultValue: string }) => string)(
        `profile:${leaf.kind === 'rfmGroup' ? 'group' : 'stage'}.${value}`,
        { defaultValue: value },
      );
    case 'tag':
      return t(value === 'true' ? 'why.tagged' : 'why.untagged');
    case 'consent':
      return t(value === 'true' ? 'why.agreed' : 'why.notAgreed');
    default:
      return value === 'true' || value === 'false' ? t(value === 'true' ? 'yes' : 'no') : value;
  }
}
