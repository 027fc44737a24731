import { ArrowDownOutlined, ArrowUpOutlined } from '@ant-design/icons';
import { api, type IdentifierRule, type IdentityRules, type RulesEffect } from '@qianmian/contract';
import { Button, Input, InputNumber, Switch } from 'antd';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { identifierName } from '../profile/names.ts';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { useAction, useApi } from '../shell/use-api.ts';
import { Anchor, Answer, Loading, Page, Panel, useConfirm, useFormat, useToast } from '../ui/index.ts';
import { blockedValues, moved, sameRules, withRule } from './rules-draft.ts';
import './identity.css';

/** How identifiers join people; what a change would do is said before it is made. */
export default function RulesPage() {
  const { t } = useTranslation('identity');
  const to = useTo();
  const query = useApi(api.getIdentityRules, {});
  return (
    <Page
      title={t('pages.rules')}
      headline={query.data && t(query.data.isDefault ? 'rules.headlineDefault' : 'rules.headlineOwn')}
      note={query.data?.isApplying ? t('state.applying') : t('rules.note')}
      breadcrumbs={[{ label: t('pages.identity'), href: to('/identity') }]}
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(rules) => <Editor key={rules.version} rules={{ types: rules.types }} version={rules.version} />}
      </Answer>
    </Page>
  );
}

function Editor({ rules, version }: { rules: IdentityRules; version: string }) {
  const { t } = useTranslation('identity');
  const mayChange = useCan('settings.write');
  const toast = useToast();
  const confirm = useConfirm();
  const words = useEffectWords();
  const [draft, setDraft] = useState(rules);
  const [effect, setEffect] = useState<{ of: IdentityRules; is: RulesEffect } | null>(null);
  const preview = useAction(api.previewIdentityRules, { refreshes: [] });
  const put = useAction(api.putIdentityRules, {
    refreshes: [api.getIdentityRules, api.getIdentityState, api.listJobs],
  });
  const isChanged = !sameRules(draft, rules);
  const shown = effect && effect.of === draft ? effect.is : null;
  const change = (next: IdentityRules) => setDraft(next);
  const look = async () => {
    const is = await preview.run({ body: draft });
    if (is) setEffect({ of: draft, is });
    return is;
  };
  const apply = async () => {
    const is = shown ?? (await look());
    if (!is) return;
    const sure = await confirm({
      title: t('rules.applyTitle'),
      consequence: words(is),
      verb: t('actions.apply'),
      danger: is.parted > 0,
    });
    if (!sure) return;
    if (await put.run({ body: { ...draft, basedOn: version } })) toast.done(t('rules.applied'));
  };
  return (
    <>
      <ol className="qm-identity-rules">
        {draft.types.map((rule, at) => (
          <RuleRow
            key={rule.type}
            rule={rule}
            place={at}
            places={draft.types.length}
            disabled={!mayChange}
            onChange={(to) => change(withRule(draft, rule.type, to))}
            onMove={(by) => change(moved(draft, rule.type, by))}
          />
        ))}
      </ol>
      {shown && <Effect of={shown} />}
      {mayChange && (
        <div className="qm-identity-bar">
          <Button type="primary" disabled={!isChanged} loading={put.running} onClick={apply}>
            {t('actions.apply')}
          </Button>
          <Button disabled={!isChanged} loading={preview.running} onClick={look}>
            {t('actions.preview')}
          </Button>
          <Button type="text" disabled={!isChanged} onClick={() => setDraft(rules)}>
            {t('actions.discard')}
          </Button>
        </div>
      )}
    </>
  );
}

function RuleRow({
  rule,
  place,
  places,
  disabled,
  onChange,
  onMove,
}: {
  rule: IdentifierRule;
  place: number;
  places: number;
  disabled: boolean;
  onChange: (change: Partial<IdentifierRule>) => void;
  onMove: (by: -1 | 1) => void;
}) {
  const { t } = useTranslation('identity');
  const { t: p } = useTranslation('profile');
  const name = identifierName(p, rule.type);
  const off = disabled || !rule.joins;
  const id = useId();
  const [blocked, setBlocked] = useState(rule.blocked.join('\n'));
  return (
    <li className="qm-panel qm-identity-rule">
      <div className="qm-identity-rule-head">
        <span className="qm-identity-place">{place + 1}</span>
        <h2>{name}</h2>
        <Button
          type="text"
          size="small"
          icon={<ArrowUpOutlined />}
          disabled={disabled || place === 0}
          aria-label={t('rules.stronger', { type: name })}
          onClick={() => onMove(-1)}
        />
        <Button
          type="text"
          size="small"
          icon={<ArrowDownOutlined />}
          disabled={disabled || place === places - 1}
          aria-label={t('rules.weaker', { type: name })}
          onClick={() => onMove(1)}
        />
        <label className="qm-identity-joins" htmlFor={`${id}-joins`}>
          <Switch
            id={`${id}-joins`}
            size="small"
            checked={rule.joins}
            disabled={disabled}
            onChange={(joins) => onChange({ joins })}
          />
          {t('rules.joins')}
        </label>
      </div>
      <div className="qm-identity-fields">
        <label htmlFor={`${id}-person`}>
          {t('rules.perPerson')}
          <InputNumber
            id={`${id}-person`}
            min={1}
            max={1000}
            disabled={off}
            value={rule.perPerson}
            onChange={(perPerson) => perPerson && onChange({ perPerson })}
          />
        </label>
        <label htmlFor={`${id}-shared`}>
          {t('rules.sharedFrom')}
          <InputNumber
            id={`${id}-shared`}
            min={2}
            max={20}
            disabled={off}
            value={rule.sharedFrom}
            onChange={(sharedFrom) => sharedFrom && onChange({ sharedFrom })}
          />
        </label>
        <fieldset className="qm-identity-period" disabled={off}>
          <legend>{t('rules.perPeriod')}</legend>
          <Switch
            size="small"
            disabled={off}
            aria-label={t('rules.perPeriod')}
            checked={rule.perPeriod !== null}
            onChange={(on) => onChange({ perPeriod: on ? { count: 3, days: 30 } : null })}
          />
          {rule.perPeriod && (
            <>
              <InputNumber
                min={1}
                max={1000}
                disabled={off}
                aria-label={t('rules.count')}
                value={rule.perPeriod.count}
                onChange={(count) => count && onChange({ perPeriod: { ...rule.perPeriod!, count } })}
              />
              <span>{t('rules.within')}</span>
              <InputNumber
                min={1}
                max={3650}
                disabled={off}
                aria-label={t('rules.days')}
                value={rule.perPeriod.days}
                onChange={(days) => days && onChange({ perPeriod: { ...rule.perPeriod!, days } })}
              />
              <span>{t('rules.daysUnit')}</span>
            </>
          )}
        </fieldset>
        <label className="qm-identity-blocked" htmlFor={`${id}-blocked`}>
          {t('rules.blocked')}
          <Input.TextArea
            id={`${id}-blocked`}
            autoSize={{ minRows: 1, maxRows: 4 }}
            disabled={disabled}
            placeholder={t('rules.blockedPlaceholder')}
            value={blocked}
            onChange={(event) => setBlocked(event.target.value)}
            onBlur={() => onChange({ blocked: blockedValues(blocked) })}
          />
        </label>
      </div>
    </li>
  );
}

/** What a change of rules does, in a sentence. */
function useEffectWords() {
  const { t } = useTranslation('identity');
  const format = useFormat();
  return (of: RulesEffect): string => {
    if (of.parted === 0 && of.joined === 0) return t('effect.nothing');
    const more = of.peopleAfter - of.people;
    return [
      of.parted > 0 && t('effect.parted', { count: of.parted, merges: format.number(of.parted) }),
      of.joined > 0 && t('effect.joined', { count: of.joined, merges: format.number(of.joined) }),
      t(more > 0 ? 'effect.more' : more < 0 ? 'effect.less' : 'effect.asMany', {
        before: format.number(of.people),
        after: format.number(of.peopleAfter),
      }),
    ]
      .filter(Boolean)
      .join(t('effect.and'));
  };
}

function Effect({ of }: { of: RulesEffect }) {
  const { t } = useTranslation('identity');
  const to = useTo();
  const words = useEffectWords();
  const people = useMemo(() => of.examples.map((one) => one.personId), [of]);
  const names = useCustomerNames(people);
  return (
    <Panel title={t('effect.title')} note={words(of)}>
      {of.examples.length > 0 && (
        <ul className="qm-identity-examples qm-in-text">
          {of.examples.map((one) => (
            <li key={one.personId}>
              <Anchor href={to(`/customers/${one.personId}`)}>{names(one.personId)}</Anchor>{' '}
              {one.becomes > 1
                ? t('effect.becomes', { count: one.becomes })
                : t('effect.joins', { count: one.joins })}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
