import type { Condition } from '@qianmian/contract';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../ui/index.ts';
import { leafSentence, type Writing } from './sentence.ts';
import { childrenOf, isGroup, modeOf, shown } from './tree.ts';

/** A rule to read: groups as nested lists, conditions as sentences, other segments as links. */
export function RuleView({
  condition,
  writing,
  hrefOf,
}: {
  condition: Condition;
  writing: Writing;
  hrefOf: (segment: string) => string;
}) {
  const { t } = useTranslation('segment');
  const { inner, negated } = shown(condition);
  if (!isGroup(inner)) {
    const words = inner.kind === 'not' ? t('why.not') : leafSentence(inner, writing);
    return (
      <div className="qm-rule-said">
        {negated && <span className="qm-rule-except">{t('builder.exclude')}</span>}
        {inner.kind === 'segment' ? <Anchor href={hrefOf(inner.segment)}>{words}</Anchor> : words}
        {inner.kind === 'not' && <RuleView condition={inner.of} writing={writing} hrefOf={hrefOf} />}
      </div>
    );
  }
  const parts = childrenOf(inner);
  if (parts.length === 0)
    return <div className="qm-rule-said">{t(inner.kind === 'all' ? 'says.everyone' : 'says.noOne')}</div>;
  return (
    <div className="qm-rule-read">
      <p className="qm-note qm-small">{t(`builder.mode.${modeOf(condition)}`)}</p>
      <ul>
        {parts.map((part, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule to read does not change
          <li key={n}>
            <RuleView condition={part} writing={writing} hrefOf={hrefOf} />
          </li>
        ))}
      </ul>
    </div>
  );
}
