import { type AnswerOf, api, type Campaign, RECIPIENT_STATES } from '@qianmian/contract';
import { Select } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useTo } from '../shell/address.ts';
import { useApiPages } from '../shell/use-api.ts';
import {
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Panel,
  type Tone,
  useAddressState,
} from '../ui/index.ts';
import { isMoving } from './campaign-words.ts';

type Recipient = AnswerOf<typeof api.listRecipients>['rows'][number];
type State = Recipient['state'];

const view = z.object({ state: z.enum(RECIPIENT_STATES).optional() });
const TONES: Record<State, Tone> = {
  control: 'quiet',
  queued: 'busy',
  sending: 'busy',
  sent: 'good',
  failed: 'bad',
  uncertain: 'warn',
  stopped: 'quiet',
};

/** Everyone drawn for the campaign, and what became of each. */
export function Recipients({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation('campaign');
  const to = useTo();
  const [{ state }, setView] = useAddressState(view);
  const list = useApiPages(
    api.listRecipients,
    { params: { id: campaign.id }, query: { state, limit: 200 } },
    { keep: true, everyMs: isMoving(campaign) ? 5000 : false },
  );
  const nameless = useMemo(
    () => list.rows.filter((row) => !row.name).map((row) => row.personId),
    [list.rows],
  );
  const columns = useRecipientColumns(campaign, useCustomerNames(nameless));
  return (
    <Panel title={t('recipients.title')} note={t('recipients.note')} flush>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            bare
            id="campaign-recipients"
            label={t('recipients.title')}
            columns={columns}
            rows={rows}
            rowKey={(row) => String(row.personId)}
            rowHref={(row) => to(`/customers/${row.personId}`)}
            total={list.total}
            more={list.more}
            loading={list.loading}
            toolbar={
              <Select
                className="qm-recipient-state"
                aria-label={t('recipients.filter')}
                value={state ?? 'all'}
                popupMatchSelectWidth={false}
                onChange={(next: State | 'all') => setView({ state: next === 'all' ? undefined : next })}
                options={[
                  { value: 'all', label: t('recipients.all') },
                  ...RECIPIENT_STATES.map((one) => ({ value: one, label: t(`recipients.is.${one}`) })),
                ]}
              />
            }
            empty={<EmptyState small title={t('recipients.empty')} />}
          />
        )}
      </Answer>
    </Panel>
  );
}

function useRecipientColumns(campaign: Campaign, nameOf: (person: number) => string): Column<Recipient>[] {
  const { t } = useTranslation('campaign');
  const hasCoupon = campaign.couponId !== null;
  const hasFaults = campaign.counts.failed + campaign.counts.uncertain > 0;
  return useMemo(() => {
    const moment = (key: 'sent' | 'opened' | 'clicked' | 'redeemed') => ({
      key,
      title: t(`recipients.${key}`),
      value: (row: Recipient) => row[`${key}At`],
      cell: (row: Recipient) => <DateText at={row[`${key}At`]} as="moment" />,
      sortable: true,
      width: 142,
    });
    return [
      {
        key: 'name',
        title: t('recipients.name'),
        value: (row) => row.name || nameOf(row.personId),
        always: true,
        width: 124,
      },
      {
        key: 'state',
        title: t('recipients.state'),
        value: (row) => t(`recipients.is.${row.state}`),
        cell: (row) => <Badge tone={TONES[row.state]}>{t(`recipients.is.${row.state}`)}</Badge>,
        width: 104,
      },
      { key: 'to', title: t('recipients.to'), value: (row) => row.to || '–', width: 150, grow: true },
      ...(hasCoupon
        ? [
            {
              key: 'code',
              title: t('recipients.code'),
              value: (row: Recipient) => row.couponCode || '–',
              cell: (row: Recipient) => (row.couponCode ? <code>{row.couponCode}</code> : '–'),
              width: 158,
            },
          ]
        : []),
      moment('sent'),
      moment('opened'),
      moment('clicked'),
      ...(hasCoupon ? [moment('redeemed')] : []),
      {
        key: 'error',
        title: t('recipients.error'),
        value: (row) => row.error ?? '',
        hidden: !hasFaults,
        width: 220,
      },
    ];
  }, [t, hasCoupon, hasFaults, nameOf]);
}
