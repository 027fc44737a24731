import type { CustomerRow } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalled } from '../catalog/use-called.ts';
import { useCan } from '../shell/session.tsx';
import { type Column, DateText, Money, useFormat } from '../ui/index.ts';
import { displayName } from './names.ts';
import { Group, Stage } from './stage.tsx';

/** Columns of a list of customers; those that can be sorted bear the names the server sorts by. */
export function useCustomerColumns(): Column<CustomerRow>[] {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const called = useCalled();
  const canReveal = useCan('customer.reveal');
  return useMemo(() => {
    const money = (
      key: 'spendCents' | 'averageOrderCents' | 'returnsCents',
      title: string,
      more: object,
    ) => ({
      key,
      title,
      align: 'right' as const,
      width: 124,
      value: (row: CustomerRow) => format.major(row[key]),
      cell: (row: CustomerRow) => <Money cents={row[key]} />,
      ...more,
    });
    const time = (
      key: 'firstSeenAt' | 'lastSeenAt' | 'firstOrderAt' | 'lastOrderAt',
      title: string,
      more: object,
    ) => ({
      key,
      title,
      width: 146,
      value: (row: CustomerRow) => row[key],
      cell: (row: CustomerRow) => <DateText at={row[key]} />,
      ...more,
    });
    return [
      {
        key: 'name',
        title: t('column.name'),
        always: true,
        // The order of names would tell them.
        sortable: canReveal,
        width: 190,
        value: (row) => displayName(t, row),
        cell: (row) => (
          <span className="qm-two-lines">
            <span>{displayName(t, row)}</span>
            <small>{row.email || row.phone}</small>
          </span>
        ),
      },
      { key: 'email', title: t('column.email'), hidden: true, width: 220, value: (row) => row.email },
      { key: 'phone', title: t('column.phone'), hidden: true, width: 160, value: (row) => row.phone },
      { key: 'city', title: t('column.city'), width: 84, value: (row) => called('city', row.city) },
      {
        key: 'lifecycle',
        title: t('column.lifecycle'),
        help: t('column.lifecycleHelp'),
        width: 138,
        value: (row) => t(`stage.${row.lifecycle}`),
        cell: (row) => <Stage stage={row.lifecycle} />,
      },
      {
        key: 'rfmGroup',
        title: t('column.rfmGroup'),
        help: t('column.rfmGroupHelp'),
        width: 152,
        value: (row) => (row.rfmGroup ? t(`group.${row.rfmGroup}`) : null),
        cell: (row) => (row.rfmGroup ? <Group group={row.rfmGroup} /> : '–'),
      },
      {
        key: 'scores',
        title: t('column.scores'),
        help: t('column.scoresHelp'),
        hidden: true,
        width: 100,
        value: (row) =>
          row.recencyScore === null
            ? null
            : `${row.recencyScore} · ${row.frequencyScore} · ${row.monetaryScore}`,
      },
      {
        key: 'orders',
        title: t('column.orders'),
        align: 'right',
        sortable: true,
        width: 88,
        value: (row) => row.orders,
        cell: (row) => format.number(row.orders),
      },
      money('spendCents', t('column.spend'), { sortable: true }),
      money('averageOrderCents', t('column.average'), { sortable: true }),
      money('returnsCents', t('column.returns'), { hidden: true }),
      time('lastOrderAt', t('column.lastOrder'), { sortable: true }),
      time('lastSeenAt', t('column.lastSeen'), { sortable: true, hidden: true }),
      time('firstSeenAt', t('column.firstSeen'), { sortable: true, hidden: true }),
      time('firstOrderAt', t('column.firstOrder'), { hidden: true }),
    ];
  }, [t, format, called, canReveal]);
}
