import type { Overview } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buyersOf, segmentDraftAddress } from '../segment/people-behind.ts';
import { useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { Anchor, type Column, DataTable, EmptyState, Money, Panel, useFormat } from '../ui/index.ts';
import { nameIn } from '../ui/name-in.ts';

type Row = Overview['topProducts'][number];

/** What sold most in the period; each row leads to who bought it. */
export function BestSellers({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const canSee = useCan('segment.read');
  const total = overview.indicators.find((one) => one.key === 'salesCents')?.value ?? 0;
  const columns = useMemo<Column<Row>[]>(() => {
    const name = (row: Row) => nameIn(format.language, row, row.productId);
    const share = (row: Row) => (total > 0 ? row.salesCents / total : 0);
    return [
      {
        key: 'product',
        title: t('products.product'),
        value: name,
        always: true,
        width: 320,
        sortable: true,
        cell: (row) =>
          canSee ? (
            <Anchor
              className="qm-row-link"
              title={t('products.people', { product: name(row) })}
              href={segmentDraftAddress(to, buyersOf({ products: [row.productId] }, overview))}
            >
              {name(row)}
            </Anchor>
          ) : (
            name(row)
          ),
      },
      {
        key: 'sales',
        title: t('products.sales'),
        value: (row) => format.major(row.salesCents),
        cell: (row) => <Money cents={row.salesCents} />,
        align: 'right',
        sortable: true,
      },
      {
        key: 'quantity',
        title: t('products.quantity'),
        value: (row) => row.quantity,
        cell: (row) => format.number(row.quantity),
        align: 'right',
        sortable: true,
        width: 100,
      },
      {
        key: 'share',
        title: t('products.share'),
        value: share,
        cell: (row) => format.percent(share(row)),
        align: 'right',
        sortable: true,
        width: 120,
      },
    ];
  }, [t, format, to, canSee, total, overview]);
  return (
    <Panel title={t('products.title')} flush>
      <DataTable
        bare
        id="best-sellers"
        label={t('products.title')}
        columns={columns}
        rows={overview.topProducts}
        rowKey={(row) => row.productId}
        sortAtFirst={{ by: 'sales', order: 'desc' }}
        empty={<EmptyState small title={t('parts.none')} />}
      />
    </Panel>
  );
}
