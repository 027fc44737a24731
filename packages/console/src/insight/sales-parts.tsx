import type { Overview } from '@qianmian/contract';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { Bars, EmptyState, Panel, useFormat } from '../ui/index.ts';
import { channelName } from './headline.ts';

const SOURCES = { channel: 'byChannel', category: 'byCategory', store: 'byStore' } as const;
const FILTERS = { channel: 'channels', category: 'categories', store: 'stores' } as const;
const FEW = 6;

/** Sales by one kind of part, largest first, each against the period before and leading to who bought. */
export function SalesParts({ kind, overview }: { kind: keyof typeof SOURCES; overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const [all, setAll] = useState(false);
  const parts = overview[SOURCES[kind]];
  const bars = parts.map((part) => {
    const label = kind === 'channel' ? channelName(t, part.key, part.label) : part.label || part.key;
    const behind = buyersOf({ [FILTERS[kind]]: [part.key] }, overview);
    return {
      key: part.key,
      label: label || t('channel.unknown'),
      value: part.salesCents,
      before: part.previousCents,
      text: format.moneyShort(part.salesCents),
      href: canSee && part.key ? segmentDraftAddress(to, behind) : undefined,
      hint: t('parts.people', { part: label }),
    };
  });
  return (
    <Panel title={t(`parts.${kind}`)} note={t('parts.note')}>
      {bars.length === 0 ? (
        <EmptyState small title={t('parts.none')} />
      ) : (
        <Bars of={all ? bars : bars.slice(0, FEW)} />
      )}
      {bars.length > FEW && (
        <Button type="link" size="small" onClick={() => setAll(!all)}>
          {all ? t('parts.less') : t('parts.rest', { count: bars.length })}
        </Button>
      )}
    </Panel>
  );
}
