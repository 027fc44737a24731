import type { BreakdownRow, Overview } from '@qianmian/contract';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { Bars, Change, EmptyState, Panel, useFormat } from '../ui/index.ts';
import { partName } from './headline.ts';

const SOURCES = { channel: 'byChannel', category: 'byCategory', store: 'byStore' } as const;
const FILTERS = { channel: 'channels', category: 'categories', store: 'stores' } as const;
const FEW = 6;

/**
 * Sales by one kind of part, largest first, each against the period before and leading to who bought. What belongs to
 * no part stands apart below, and so does the rest where not all parts are listed.
 */
export function SalesParts({ kind, overview }: { kind: keyof typeof SOURCES; overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const [all, setAll] = useState(false);
  const rows = overview[SOURCES[kind]];
  const parts = rows.filter((row) => row.kind === 'part');
  const hasMore = parts.length > FEW;
  const apart = rows.filter((row) => row.kind === 'none' || (row.kind === 'others' && (all || !hasMore)));
  const bars = parts.map((row) => {
    const label = partName(t, format, { kind, row });
    const behind = buyersOf({ [FILTERS[kind]]: [row.key] }, overview);
    return {
      key: row.key,
      label,
      value: row.salesCents,
      before: row.previousCents,
      text: format.moneyShort(row.salesCents),
      href: canSee ? segmentDraftAddress(to, behind) : undefined,
      hint: t('parts.people', { part: label }),
    };
  });
  return (
    <Panel title={t(`parts.${kind}`)} note={t('parts.note')}>
      {rows.length === 0 && <EmptyState small title={t('parts.none')} />}
      {bars.length > 0 && <Bars of={all ? bars : bars.slice(0, FEW)} />}
      {apart.length > 0 && (
        <ul className="qm-bars">
          {apart.map((row) => (
            <Apart key={row.kind} label={partName(t, format, { kind, row })} row={row} />
          ))}
        </ul>
      )}
      {hasMore && (
        <Button type="link" size="small" onClick={() => setAll(!all)}>
          {all ? t('parts.less') : t('parts.rest', { count: bars.length })}
        </Button>
      )}
    </Panel>
  );
}

/** A row without a bar: it is not one of the parts, and its length would shrink theirs. */
function Apart({ label, row }: { label: string; row: BreakdownRow }) {
  const format = useFormat();
  const by = row.previousCents > 0 ? row.salesCents / row.previousCents - 1 : null;
  return (
    <li className="qm-bar">
      <span className="qm-bar-label qm-note">{label}</span>
      <span className="qm-bar-value">
        {format.moneyShort(row.salesCents)}
        <Change by={by} />
      </span>
    </li>
  );
}
