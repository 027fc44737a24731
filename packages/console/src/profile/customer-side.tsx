import { QuestionCircleOutlined } from '@ant-design/icons';
import { api, type Customer } from '@qianmian/contract';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { WhyOnePerson } from '../identity/why-one-person.tsx';
import { useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import { Anchor, Badge, Panel, useFormat } from '../ui/index.ts';
import { CustomerTags } from './customer-tags.tsx';
import { channelName, identifierName, traitName, traitText } from './names.ts';

/** What is known beside what happened: tags, segments, consent, identifiers, attributes. */
export function CustomerSide({
  customer,
  onWhy,
}: {
  customer: Customer;
  onWhy: (segmentId: string) => void;
}) {
  return (
    <>
      <CustomerTags customer={customer} />
      <Memberships customer={customer} onWhy={onWhy} />
      <Consent customer={customer} />
      <Identifiers customer={customer} />
      <Traits customer={customer} />
    </>
  );
}

function Memberships({ customer, onWhy }: { customer: Customer; onWhy: (segmentId: string) => void }) {
  const { t } = useTranslation('profile');
  const to = useTo();
  const { data: all } = useApi(api.listSegments, {}, { staleMs: 60_000 });
  const others = (all ?? []).filter((one) => !customer.segments.some((own) => own.id === one.id));
  return (
    <Panel title={t('customer.segments')}>
      {customer.segments.length === 0 ? (
        <p className="qm-note">{t('customer.noSegments')}</p>
      ) : (
        <ul className="qm-side-list">
          {customer.segments.map((segment) => (
            <li key={segment.id}>
              <Anchor href={to(`/segments/${segment.id}`)}>{segment.name}</Anchor>
              <Button
                type="text"
                size="small"
                icon={<QuestionCircleOutlined />}
                aria-label={t('customer.why', { segment: segment.name })}
                onClick={() => onWhy(segment.id)}
              >
                {t('customer.whyShort')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {others.length > 0 && (
        <Select<string>
          className="qm-side-choice"
          size="small"
          showSearch={{ optionFilterProp: 'label' }}
          aria-label={t('customer.other')}
          placeholder={t('customer.otherPlaceholder')}
          value={null}
          options={others.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(id) => onWhy(id)}
        />
      )}
    </Panel>
  );
}

function Consent({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  return (
    <Panel title={t('customer.consent')}>
      <ul className="qm-side-list">
        {customer.consent.map(({ channel, granted, since, source }) => (
          <li key={channel}>
            <span>
              {channelName(t, channel)}
              {since && (
                <small className="qm-note">
                  {t('customer.consentSince', { date: format.date(since), source: source || '–' })}
                </small>
              )}
            </span>
            <Badge tone={granted ? 'good' : since ? 'bad' : 'quiet'}>
              {t(granted ? 'customer.agreed' : since ? 'customer.refused' : 'customer.notAsked')}
            </Badge>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Identifiers({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  return (
    <Panel
      title={t('customer.identifiers')}
      note={t('customer.identifiersNote')}
      extra={<WhyOnePerson personId={customer.personId} />}
    >
      <dl className="qm-pairs">
        {customer.identifiers.map(({ type, value, firstSeenAt }) => (
          <div key={`${type}:${value}:${firstSeenAt}`}>
            <dt>{identifierName(t, type)}</dt>
            <dd>
              <span className="qm-wrap">{value}</span>
              <small className="qm-note">{format.date(firstSeenAt)}</small>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

/** Most people have fewer; a page with thousands would be slow to draw. */
const TRAITS_AT_FIRST = 60;

function Traits({ customer }: { customer: Customer }) {
  const { t } = useTranslation('profile');
  const { t: words } = useTranslation('segment');
  const format = useFormat();
  const [all, setAll] = useState(false);
  const shown = all ? customer.traits : customer.traits.slice(0, TRAITS_AT_FIRST);
  const called = useCalled();
  const write = (name: string, value: string | number | boolean) => {
    if (typeof value === 'boolean') return words(value ? 'yes' : 'no');
    return typeof value === 'number' ? format.number(value, 6) : traitText(name, value, format, called);
  };
  return (
    <Panel title={t('customer.traits')}>
      {customer.traits.length === 0 ? (
        <p className="qm-note">{t('customer.noTraits')}</p>
      ) : (
        <dl className="qm-pairs">
          {shown.map(({ name, value, since }) => (
            <div key={name}>
              <dt title={name}>{traitName(t, name)}</dt>
              <dd>
                <span className="qm-wrap">{write(name, value)}</span>
                <small className="qm-note">{t('customer.since', { date: format.date(since) })}</small>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {shown.length < customer.traits.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('customer.allTraits', { number: format.number(customer.traits.length) })}
        </Button>
      )}
    </Panel>
  );
}
