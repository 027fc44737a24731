import {
  CustomerServiceOutlined,
  EyeOutlined,
  GiftOutlined,
  MailOutlined,
  RollbackOutlined,
  SafetyOutlined,
  ShoppingOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons';
import { api, TIMELINE_KINDS, type TimelineEntry } from '@qianmian/contract';
import { Button, Segmented } from 'antd';
import { type ComponentType, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { pathCalled } from '../catalog/called.ts';
import { useCalled } from '../catalog/use-called.ts';
import { useApiPages } from '../shell/use-api.ts';
import { Answer, EmptyState, Money, useAddressState, useFormat } from '../ui/index.ts';
import { channelName, eventName } from './names.ts';
import { byDay, entryWords } from './timeline-words.ts';

const view = z.object({ kind: z.enum(TIMELINE_KINDS).optional() });

const ICONS: Record<TimelineEntry['kind'], ComponentType> = {
  order: ShoppingOutlined,
  return: RollbackOutlined,
  message: MailOutlined,
  coupon: GiftOutlined,
  consent: SafetyOutlined,
  service: CustomerServiceOutlined,
  browse: EyeOutlined,
  other: ThunderboltOutlined,
};

/** Everything that happened with a customer, newest first, more on reaching the end. */
export function Timeline({ personId }: { personId: number }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const [{ kind }, setView] = useAddressState(view);
  const list = useApiPages(
    api.getTimeline,
    { params: { personId }, query: { kind, limit: 60 } },
    { keep: true },
  );
  return (
    <section className="qm-timeline" aria-label={t('customer.timeline')}>
      <Segmented<'all' | TimelineEntry['kind']>
        aria-label={t('customer.timelineKind')}
        value={kind ?? 'all'}
        onChange={(next) => setView({ kind: next === 'all' ? undefined : next }, { replace: true })}
        options={(['all', ...TIMELINE_KINDS] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
      />
      <Answer of={list}>
        {(entries) =>
          entries.length === 0 ? (
            <EmptyState small title={t(kind ? 'customer.timelineNoneOfKind' : 'customer.timelineNone')} />
          ) : (
            <>
              {byDay(entries, format).map((day) => (
                <section key={day.day} className="qm-day">
                  <h3>{day.day}</h3>
                  <ul>
                    {day.entries.map((entry) => (
                      <Entry key={entry.id} entry={entry} />
                    ))}
                  </ul>
                </section>
              ))}
              <More more={list.more} />
            </>
          )
        }
      </Answer>
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const Icon = ICONS[entry.kind];
  const called = useCalled();
  const { category } = entry.properties;
  const named =
    typeof category === 'string'
      ? { ...entry, properties: { ...entry.properties, category: pathCalled(called, category) } }
      : entry;
  const words = entryWords(named, t, format);
  const facts = Object.entries(entry.properties);
  const line = (
    <>
      <time dateTime={entry.time} title={format.dateTimeExact(entry.time)}>
        {format.time(entry.time)}
      </time>
      <span className="qm-entry-icon" aria-hidden="true">
        <Icon />
      </span>
      <span className="qm-entry-words">
        <b>{eventName(t, entry.name)}</b> {words}
      </span>
      <span className="qm-entry-end">
        {entry.amountCents !== null && <Money cents={entry.amountCents} />}
        {entry.channel && <small>{channelName(t, entry.channel)}</small>}
      </span>
    </>
  );
  return (
    <li className={`qm-entry qm-entry-${entry.kind}`}>
      {facts.length === 0 ? (
        <div className="qm-entry-line">{line}</div>
      ) : (
        <details>
          <summary className="qm-entry-line">{line}</summary>
          <dl className="qm-pairs qm-entry-facts">
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="qm-wrap">{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

/** Loads on as soon as the end comes into sight; the button is for who does not scroll. */
function More({ more }: { more: { has: boolean; loading: boolean; load: () => void } }) {
  const { t } = useTranslation('profile');
  const { t: words } = useTranslation('ui');
  const end = useRef<HTMLDivElement>(null);
  const load = useRef(more.load);
  load.current = more.load;
  const isWaiting = more.has && !more.loading;
  useEffect(() => {
    if (!isWaiting || !end.current) return;
    const watcher = new IntersectionObserver(
      ([seen]) => {
        if (seen?.isIntersecting) load.current();
      },
      { rootMargin: '400px' },
    );
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [isWaiting]);
  if (!more.has) return <p className="qm-note qm-timeline-end">{t('customer.timelineEnd')}</p>;
  return (
    <div ref={end} className="qm-timeline-end">
      <Button onClick={more.load} loading={more.loading}>
        {words('loadMore')}
      </Button>
    </div>
  );
}
