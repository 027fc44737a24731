import { QuestionCircleOutlined } from '@ant-design/icons';
import { api, type CustomerRow, type Segment, SORTABLE } from '@qianmian/contract';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useCustomerColumns } from '../profile/customer-columns.tsx';
import { sortFor } from '../profile/customer-filter.ts';
import { displayName } from '../profile/names.ts';
import { useCustomerNames } from '../profile/use-customer-names.ts';
import { useTo } from '../shell/address.ts';
import { hrefOf } from '../shell/api.ts';
import { useCan, useWorkspaceId } from '../shell/session.tsx';
import { ActionButton, ActionMenu, usePageActions } from '../shell/use-actions.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  type Column,
  DataTable,
  EmptyState,
  Grid,
  Loading,
  Page,
  Panel,
  Stat,
  Stats,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { campaignFor, copySegment, deleteSegment, editSegment, refreshSegment } from './actions.ts';
import { RuleView } from './rule-view.tsx';
import './segment.css';
import { useWriting } from './use-writing.ts';
import { WhyDrawer } from './why-drawer.tsx';

const view = z.object({
  sort: z.enum(SORTABLE).default('spendCents'),
  order: z.enum(['asc', 'desc']).default('desc'),
  /** The member whose membership is explained. */
  why: z.coerce.number().int().positive().optional(),
});
const PAGE_ACTIONS = [campaignFor, editSegment, refreshSegment, copySegment, deleteSegment];
const MENU = [copySegment, deleteSegment];

/** One segment: how many, what they are worth, by which rule, what uses it, and who is in it. */
export default function SegmentPage() {
  const { t } = useTranslation('segment');
  const to = useTo();
  const { segmentId = '' } = useParams({ strict: false }) as { segmentId?: string };
  const query = useApi(api.getSegment, { params: { id: segmentId } });
  const crumbs = [{ label: t('pages.segments'), href: to('/segments') }];
  if (query.data) return <Whole segment={query.data} crumbs={crumbs} />;
  return (
    <Page title={t('pages.segment')} breadcrumbs={crumbs}>
      <Answer of={query} loading={<Loading kind="page" />}>
        {() => null}
      </Answer>
    </Page>
  );
}

function Whole({ segment, crumbs }: { segment: Segment; crumbs: { label: string; href: string }[] }) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  usePageActions(PAGE_ACTIONS, segment);
  const preview = useApi(api.previewSegment, { body: { condition: segment.condition } }, { staleMs: 60_000 });
  const now = preview.data;
  const size = segment.size ?? now?.size ?? 0;
  const headline = () => {
    if (size === 0) return t('page.headlineNone');
    const people = format.number(size);
    if (!now || now.of === 0) return t('page.headlineSize', { count: size, people });
    return t('page.headline', {
      count: size,
      people,
      share: format.percent(size / now.of),
      spend: format.moneyWords(now.spendCents),
    });
  };
  return (
    <Page
      title={segment.name}
      headline={headline()}
      note={
        segment.description ||
        t('page.created', { date: format.date(segment.createdAt), name: segment.createdBy })
      }
      breadcrumbs={crumbs}
      actions={
        <>
          <ActionButton action={campaignFor} subject={segment} type="primary" />
          <ActionButton action={editSegment} subject={segment} />
          <ActionButton action={refreshSegment} subject={segment} />
          <ActionMenu actions={MENU} subject={segment} />
        </>
      }
    >
      <Figures segment={segment} preview={now} />
      <Grid min={360}>
        <Rule segment={segment} />
        <UsedBy segment={segment} />
      </Grid>
      <Members segment={segment} />
    </Page>
  );
}

interface Preview {
  size: number;
  of: number;
  spendCents: number;
  withEmail: number;
}

function Figures({ segment, preview }: { segment: Segment; preview: Preview | undefined }) {
  const { t } = useTranslation('segment');
  const format = useFormat();
  const size = segment.size ?? preview?.size ?? 0;
  const share = (part: number, whole: number) => (whole > 0 ? format.percent(part / whole) : '–');
  return (
    <>
      <Stats>
        <Stat
          label={t('page.size')}
          value={format.number(size)}
          hint={
            preview && t('page.sizeHint', { share: share(size, preview.of), all: format.number(preview.of) })
          }
        />
        <Stat
          label={t('page.spend')}
          value={preview ? format.moneyShort(preview.spendCents) : '–'}
          hint={
            preview &&
            preview.size > 0 &&
            t('page.spendHint', { average: format.moneyShort(preview.spendCents / preview.size) })
          }
        />
        <Stat
          label={t('page.reachable')}
          value={preview ? format.number(preview.withEmail) : '–'}
          hint={preview && t('page.reachableHint', { share: share(preview.withEmail, preview.size) })}
        />
        <Stat
          label={t('page.computed')}
          value={segment.computedAt ? format.ago(segment.computedAt) : t('list.never')}
          hint={segment.computedAt ? format.dateTime(segment.computedAt) : t('page.computedHint')}
        />
      </Stats>
      {preview && preview.size !== size && (
        <p className="qm-note">{t('page.changed', { people: format.number(preview.size) })}</p>
      )}
    </>
  );
}

function Rule({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment');
  const to = useTo();
  const conditions = useMemo(() => [segment.condition], [segment.condition]);
  const writing = useWriting(conditions);
  return (
    <Panel title={t('page.rule')}>
      <RuleView condition={segment.condition} writing={writing} hrefOf={(id) => to(`/segments/${id}`)} />
    </Panel>
  );
}

function UsedBy({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment');
  const to = useTo();
  return (
    <Panel title={t('page.usedBy')}>
      {segment.usedBy.length === 0 ? (
        <p className="qm-note">{t('page.unused')}</p>
      ) : (
        <ul className="qm-used">
          {segment.usedBy.map(({ kind, id, name }) => (
            <li key={`${kind}:${id}`}>
              <span className="qm-note">{t(`page.usedKind.${kind}`)}</span>
              <Anchor href={to(kind === 'campaign' ? `/campaigns/${id}` : `/segments/${id}`)}>{name}</Anchor>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Members({ segment }: { segment: Segment }) {
  const { t } = useTranslation('segment');
  const { t: words } = useTranslation('profile');
  const format = useFormat();
  const workspace = useWorkspaceId();
  const to = useTo();
  const [{ sort: asked, order, why }, setView] = useAddressState(view);
  const sort = sortFor(asked, useCan('customer.reveal'));
  const query = { segment: segment.id, sort, order };
  const list = useApiPages(api.listCustomers, { query: { ...query, limit: 200 } }, { keep: true });
  const plain = useCustomerColumns();
  const columns = useMemo<Column<CustomerRow>[]>(
    () => [
      ...plain,
      {
        key: 'why',
        title: words('column.why'),
        always: true,
        width: 76,
        cell: (row) => (
          <Button
            type="text"
            size="small"
            icon={<QuestionCircleOutlined />}
            aria-label={t('page.why', { name: displayName(words, row) })}
            onClick={() => setView({ why: row.personId })}
          />
        ),
      },
    ],
    [plain, t, words, setView],
  );
  const nameOf = useCustomerNames(useMemo(() => [why], [why]));
  return (
    <Panel
      flush
      title={t('page.people')}
      note={segment.computedAt && t('page.peopleNote', { ago: format.ago(segment.computedAt) })}
    >
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) => (
          <DataTable
            bare
            id="segment-members"
            label={`${segment.name}`}
            columns={columns}
            rows={rows}
            rowKey={(row) => String(row.personId)}
            rowHref={(row) => to(`/customers/${row.personId}`)}
            sort={{ by: sort, order }}
            onSort={(next) => setView({ sort: next.by as (typeof SORTABLE)[number], order: next.order })}
            total={list.total}
            more={list.more}
            loading={list.loading}
            exportHref={hrefOf(api.exportCustomers, { params: { workspace }, query })}
            empty={<EmptyState small title={t('page.none')} text={t('page.noneText')} />}
          />
        )}
      </Answer>
      <WhyDrawer
        segmentId={why ? segment.id : undefined}
        personId={why ?? 0}
        name={why ? nameOf(why) : ''}
        onClose={() => setView({ why: undefined })}
      />
    </Panel>
  );
}
