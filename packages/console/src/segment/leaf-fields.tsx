import {
  api,
  CHANNELS,
  COMPUTED_FACTS,
  type ConditionLeaf,
  LIFECYCLE_STAGES,
  RFM_GROUPS,
} from '@qianmian/contract';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useApi } from '../shell/use-api.ts';
import { useBuilding } from './builder-context.ts';
import { EventFields } from './event-fields.tsx';
import { NumberTestFields } from './number-fields.tsx';
import { OrderFields } from './order-fields.tsx';
import { isMoneyFact } from './sentence.ts';
import { TraitFields } from './trait-fields.tsx';

type Leaf<K> = Extract<ConditionLeaf, { kind: K }>;

/** Hands on a changed leaf; `field` names what is being typed in. */
export type ChangeLeaf<L extends ConditionLeaf> = (leaf: L, field?: string) => void;

/** The fields of a condition, by its kind. */
export function LeafFields({ leaf, onChange }: { leaf: ConditionLeaf; onChange: ChangeLeaf<ConditionLeaf> }) {
  switch (leaf.kind) {
    case 'trait':
      return <TraitFields leaf={leaf} onChange={onChange} />;
    case 'fact':
      return <FactFields leaf={leaf} onChange={onChange} />;
    case 'rfmGroup':
      return <GroupFields leaf={leaf} onChange={onChange} />;
    case 'lifecycle':
      return <StageFields leaf={leaf} onChange={onChange} />;
    case 'tag':
      return <TagFields leaf={leaf} onChange={onChange} />;
    case 'consent':
      return <ConsentFields leaf={leaf} onChange={onChange} />;
    case 'segment':
      return <SegmentFields leaf={leaf} onChange={onChange} />;
    case 'orders':
      return <OrderFields leaf={leaf} onChange={onChange} />;
    case 'events':
      return <EventFields leaf={leaf} onChange={onChange} />;
  }
}

function FactFields({ leaf, onChange }: { leaf: Leaf<'fact'>; onChange: ChangeLeaf<Leaf<'fact'>> }) {
  const { t } = useTranslation('segment');
  const isMoney = isMoneyFact(leaf.fact);
  const change = (fact: Leaf<'fact'>['fact']) => {
    const keeps = isMoneyFact(fact) === isMoney;
    onChange({ ...leaf, fact, test: keeps ? leaf.test : { ...leaf.test, value: Number.NaN } });
  };
  return (
    <>
      <Select
        aria-label={t('field.fact')}
        popupMatchSelectWidth={false}
        value={leaf.fact}
        options={COMPUTED_FACTS.map((value) => ({ value, label: t(`fact.${value}`) }))}
        onChange={change}
      />
      <NumberTestFields
        test={leaf.test}
        isMoney={isMoney}
        unit={leaf.fact.startsWith('days') ? t('field.daysUnit') : undefined}
        onChange={(test, field) => onChange({ ...leaf, test }, field)}
      />
    </>
  );
}

function GroupFields({ leaf, onChange }: { leaf: Leaf<'rfmGroup'>; onChange: ChangeLeaf<Leaf<'rfmGroup'>> }) {
  const { t } = useTranslation('segment');
  const { t: words } = useTranslation('profile');
  return (
    <Select
      mode="multiple"
      className="qm-rule-wide"
      aria-label={t('field.groups')}
      placeholder={t('field.choose')}
      value={leaf.groups}
      options={RFM_GROUPS.map((value) => ({ value, label: words(`group.${value}`) }))}
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(groups) => onChange({ ...leaf, groups })}
    />
  );
}

function StageFields({
  leaf,
  onChange,
}: {
  leaf: Leaf<'lifecycle'>;
  onChange: ChangeLeaf<Leaf<'lifecycle'>>;
}) {
  const { t } = useTranslation('segment');
  const { t: words } = useTranslation('profile');
  return (
    <Select
      mode="multiple"
      className="qm-rule-wide"
      aria-label={t('field.stages')}
      placeholder={t('field.choose')}
      value={leaf.stages}
      options={LIFECYCLE_STAGES.map((value) => ({ value, label: words(`stage.${value}`) }))}
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(stages) => onChange({ ...leaf, stages })}
    />
  );
}

function TagFields({ leaf, onChange }: { leaf: Leaf<'tag'>; onChange: ChangeLeaf<Leaf<'tag'>> }) {
  const { t } = useTranslation('segment');
  const { vocabulary, writing } = useBuilding();
  return (
    <Select
      className="qm-rule-wide"
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={t('field.tag')}
      placeholder={t('field.choose')}
      notFoundContent={t('field.noTags')}
      value={leaf.tag || null}
      options={withOwn(vocabulary?.tags ?? [], leaf.tag).map((value) => ({
        value,
        label: writing.names.tag(value),
      }))}
      onChange={(tag: string) => onChange({ ...leaf, tag })}
    />
  );
}

function ConsentFields({ leaf, onChange }: { leaf: Leaf<'consent'>; onChange: ChangeLeaf<Leaf<'consent'>> }) {
  const { t } = useTranslation('segment');
  return (
    <>
      <Select
        aria-label={t('field.granted')}
        popupMatchSelectWidth={false}
        value={leaf.granted}
        options={[
          { value: true, label: t('field.agreedOption') },
          { value: false, label: t('field.notAgreedOption') },
        ]}
        onChange={(granted) => onChange({ ...leaf, granted })}
      />
      <Select
        aria-label={t('field.channel')}
        popupMatchSelectWidth={false}
        value={leaf.channel}
        options={CHANNELS.map((value) => ({ value, label: t(`consentChannel.${value}`) }))}
        onChange={(channel) => onChange({ ...leaf, channel })}
      />
    </>
  );
}

function SegmentFields({ leaf, onChange }: { leaf: Leaf<'segment'>; onChange: ChangeLeaf<Leaf<'segment'>> }) {
  const { t } = useTranslation('segment');
  const { selfId } = useBuilding();
  const { data } = useApi(api.listSegments, {}, { staleMs: 60_000 });
  return (
    <Select
      className="qm-rule-wide"
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={t('field.segment')}
      placeholder={t('field.choose')}
      notFoundContent={t('field.noSegments')}
      value={leaf.segment || null}
      options={(data ?? [])
        .filter((one) => one.id !== selfId)
        .map((one) => ({ value: one.id, label: one.name }))}
      onChange={(segment: string) => onChange({ ...leaf, segment })}
    />
  );
}

/** What is offered, and what is chosen already even if it is no longer offered. */
export function withOwn(offered: readonly string[], own: string): string[] {
  return own && !offered.includes(own) ? [own, ...offered] : [...offered];
}
