import { ApartmentOutlined } from '@ant-design/icons';
import { api, type Segment } from '@qianmian/contract';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo, useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, ActionMenu } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Answer,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  type Format,
  Loading,
  Page,
  SearchBox,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import {
  campaignFor,
  copySegment,
  deleteSegment,
  editSegment,
  newSegment,
  refreshSegment,
} from './actions.ts';
import { sentence, type Writing } from './sentence.ts';
import { TemplateCards } from './template-cards.tsx';
import { useWriting } from './use-writing.ts';

const view = z.object({ search: z.string().max(80).default('') });
const ROW_ACTIONS = [editSegment, refreshSegment, campaignFor, copySegment, deleteSegment];

/** Every segment with its rule in words, its size, and what uses it. */
export default function SegmentsPage() {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const to = useTo();
  const [{ search }, setView] = useAddressState(view);
  const query = useApi(api.listSegments, {}, { everyMs: 60_000 });
  const conditions = useMemo(() => query.data?.map((one) => one.condition), [query.data]);
  const writing = useWriting(conditions);
  const columns = useSegmentColumns(writing);
  const all = query.data ?? [];
  const wanted = search.trim().toLowerCase();
  const found = all.filter((one) => `${one.name} ${one.description}`.toLowerCase().includes(wanted));
  return (
    <Page
      title={t('pages.segments')}
      headline={all.length > 0 ? listHeadline(all, t, format) : undefined}
      note={all.length > 0 && t('list.note')}
      actions={all.length > 0 && <ActionButton action={newSegment} subject={undefined} type="primary" />}
    >
      <Answer of={query} loading={<Loading kind="table" />}>
        {(segments) =>
          segments.length === 0 ? (
            <NoSegments />
          ) : (
            <DataTable
              id="segments"
              label={t('pages.segments')}
              columns={columns}
              rows={found}
              rowKey={(row) => row.id}
              rowHref={(row) => to(`/segments/${row.id}`)}
              sortAtFirst={{ by: 'size', order: 'desc' }}
              toolbar={
                <SearchBox
                  value={search}
                  placeholder={t('list.search')}
                  onSearch={(next) => setView({ search: next }, { replace: true })}
                />
              }
              empty={<EmptyState small title={t('list.nothing')} />}
            />
          )
        }
      </Answer>
    </Page>
  );
}

type Words = ReturnType<typeof useTranslation<'segment'>>['t'];

function listHeadline(all: readonly Segment[], t: Words, format: Format): string {
  const largest = all.reduce((a, b) => ((b.size ?? 0) > (a.size ?? 0) ? b : a));
  return t('list.headline', {
    count: all.length,
    segments: format.number(all.length),
    largest: largest.name,
    people: format.number(largest.size ?? 0),
  });
}

function NoSegments() {
  const { t } = useTranslation('segment');
  const go = useGo();
  const canWrite = useCan('segment.write');
  return (
    <>
      <EmptyState
        icon={<ApartmentOutlined />}
        title={t('list.empty')}
        text={t('list.emptyText')}
        action={<ActionButton action={newSegment} subject={undefined} type="primary" />}
      />
      {canWrite && <TemplateCards onChoose={(template) => go('/segments/new', { template })} />}
    </>
  );
}

function useSegmentColumns(writing: Writing): Column<Segment>[] {
  const { t } = useTranslation('segment');
  const format = useFormat();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('list.name'),
        always: true,
        sortable: true,
        width: 250,
        value: (row) => row.name,
        cell: (row) => (
          <span className="qm-two-lines">
            <span>{row.name}</span>
            {row.description && <small>{row.description}</small>}
          </span>
        ),
      },
      {
        key: 'rule',
        title: t('list.rule'),
        width: 360,
        value: (row) => sentence(row.condition, writing),
        cell: (row) => {
          const words = sentence(row.condition, writing);
          return <span title={words}>{words}</span>;
        },
      },
      {
        key: 'size',
        title: t('list.size'),
        align: 'right',
        sortable: true,
        width: 130,
        value: (row) => row.size,
        cell: (row) => (row.size === null ? '–' : format.number(row.size)),
      },
      {
        key: 'computedAt',
        title: t('list.computedAt'),
        sortable: true,
        width: 140,
        value: (row) => row.computedAt,
        cell: (row) => (row.computedAt ? <DateText at={row.computedAt} as="ago" /> : t('list.never')),
      },
      {
        key: 'usedBy',
        title: t('list.usedBy'),
        sortable: true,
        width: 150,
        value: (row) => row.usedBy.map((one) => one.name).join(', ') || null,
      },
      { key: 'createdBy', title: t('list.createdBy'), hidden: true, value: (row) => row.createdBy },
      {
        key: 'createdAt',
        title: t('list.createdAt'),
        hidden: true,
        sortable: true,
        value: (row) => row.createdAt,
        cell: (row) => <DateText at={row.createdAt} />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        align: 'right',
        width: 64,
        cell: (row) => <ActionMenu actions={ROW_ACTIONS} subject={row} />,
      },
    ],
    [t, format, writing],
  );
}
