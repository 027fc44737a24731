import { CheckCircleOutlined, IdcardOutlined } from '@ant-design/icons';
import { api, type Decision, type IdentityState, type SharedIdentifier } from '@qianmian/contract';
import { Button } from 'antd';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { identifierName } from '../profile/names.ts';
import { useGo, useTo } from '../shell/address.ts';
import { ActionMenu } from '../shell/use-actions.tsx';
import { useApi, useApiPages } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  Badge,
  type Column,
  DataTable,
  DateText,
  EmptyState,
  Loading,
  Page,
  Stat,
  Stats,
  useFormat,
} from '../ui/index.ts';
import { undoDecision } from './actions.ts';
import './identity.css';

type TypeRow = IdentityState['types'][number];

/** Who is who in a sentence: how many people, what ties them together, what is shared, what waits for a decision. */
export default function IdentityPage() {
  const { t } = useTranslation('identity');
  const go = useGo();
  const query = useApi(api.getIdentityState, {}, { everyMs: 15_000 });
  return (
    <Page
      title={t('pages.identity')}
      headline={query.data && query.data.identifiers > 0 ? <Headline of={query.data} /> : undefined}
      note={query.data?.isApplying ? t('state.applying') : undefined}
      actions={
        <>
          <Button type="primary" onClick={() => go('/identity/review')}>
            {t('actions.review')}
          </Button>
          <Button onClick={() => go('/identity/rules')}>{t('actions.rules')}</Button>
        </>
      }
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(state) =>
          state.identifiers === 0 ? (
            <EmptyState icon={<IdcardOutlined />} title={t('state.empty')} text={t('state.emptyText')} />
          ) : (
            <>
              <Counts of={state} />
              <Types of={state.types} />
              <Shared />
              <Decisions />
            </>
          )
        }
      </Answer>
    </Page>
  );
}

function Headline({ of }: { of: IdentityState }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  return (
    <>
      {t('state.headline', {
        identifiers: format.number(of.identifiers),
        people: format.number(of.people),
        each: format.number(of.identifiers / Math.max(1, of.people), 1),
      })}
      {of.shared > 0 && t('state.headlineShared', { count: of.shared, shared: format.number(of.shared) })}
    </>
  );
}

function Counts({ of }: { of: IdentityState }) {
  const { t } = useTranslation('identity');
  const format = useFormat();
  const to = useTo();
  return (
    <Stats>
      <Stat label={t('state.people')} value={format.number(of.people)} href={to('/customers')} />
      <Stat
        label={t('state.toReview')}
        value={format.number(of.toReview)}
        href={to('/identity/review')}
        hint={
          of.searchedAt ? t('state.searched', { date: format.date(of.searchedAt) }) : t('state.notSearched')
        }
      />
      <Stat label={t('state.shared')} value={format.number(of.shared)} hint={t('state.sharedHint')} />
      <Stat label={t('state.refused')} value={format.number(of.refused)} hint={t('state.refusedHint')} />
      <Stat
        label={t('state.unfolded')}
        value={format.number(of.unfolded)}
        hint={of.foldedAt ? t('state.folded', { date: format.date(of.foldedAt) }) : t('state.notFolded')}
      />
    </Stats>
  );
}

/** A titled list: its table has a frame of its own. */
function Part({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <section className="qm-identity-part">
      <h2>{title}</h2>
      <p className="qm-note">{note}</p>
      {children}
    </section>
  );
}

function Types({ of }: { of: TypeRow[] }) {
  const { t } = useTranslation('identity');
  const { t: p } = useTranslation('profile');
  const format = useFormat();
  const columns = useMemo(
    (): Column<TypeRow>[] => [
      { key: 'type', title: t('types.type'), always: true, value: (row) => identifierName(p, row.type) },
      ...(['identifiers', 'shared', 'refused'] as const).map(
        (key): Column<TypeRow> => ({
          key,
          title: t(`types.${key}`),
          help: t(`types.${key}Help`),
          align: 'right',
          width: 150,
          sortable: true,
          value: (row) => row[key],
          cell: (row) => format.number(row[key]),
        }),
      ),
    ],
    [t, p, format],
  );
  return (
    <Part title={t('types.title')} note={t('types.note')}>
      <DataTable
        id="identity-types"
        label={t('types.title')}
        columns={columns}
        rows={of.filter((row) => row.identifiers > 0)}
        rowKey={(row) => row.type}
      />
    </Part>
  );
}

function Shared() {
  const { t } = useTranslation('identity');
  const { t: p } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const list = useApiPages(api.listShared, { query: { limit: 50 } }, { keep: true });
  const columns = useMemo(
    (): Column<SharedIdentifier>[] => [
      {
        key: 'value',
        title: t('shared.value'),
        always: true,
        value: (row) => row.value,
        cell: (row) => (
          <span className="qm-two-lines">
            <span className="qm-wrap">{row.value}</span>
            <small>{identifierName(p, row.type)}</small>
          </span>
        ),
      },
      {
        key: 'claims',
        title: t('shared.claims'),
        align: 'right',
        width: 140,
        value: (row) => row.claims,
        cell: (row) => format.number(row.claims),
      },
      {
        key: 'since',
        title: t('shared.since'),
        width: 160,
        value: (row) => row.firstSeenAt,
        cell: (row) => <DateText at={row.firstSeenAt} />,
      },
    ],
    [t, p, format],
  );
  return (
    <Part title={t('shared.title')} note={t('shared.note')}>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="qm-note">{t('shared.none')}</p>
          ) : (
            <DataTable
              id="identity-shared"
              label={t('shared.title')}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.number)}
              rowHref={(row) => to(`/customers/${row.personId}`)}
              more={list.more}
            />
          )
        }
      </Answer>
    </Part>
  );
}

function Decisions() {
  const { t } = useTranslation('identity');
  const list = useApiPages(api.listDecisions, { query: { limit: 50 } }, { keep: true });
  const columns = useDecisionColumns();
  return (
    <Part title={t('decisions.title')} note={t('decisions.note')}>
      <Answer of={list} loading={<Loading kind="table" />}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="qm-note">
              <CheckCircleOutlined aria-hidden="true" /> {t('decisions.none')}
            </p>
          ) : (
            <DataTable
              id="identity-decisions"
              label={t('decisions.title')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
              more={list.more}
            />
          )
        }
      </Answer>
    </Part>
  );
}

function useDecisionColumns(): Column<Decision>[] {
  const { t } = useTranslation('identity');
  const { t: p } = useTranslation('profile');
  const to = useTo();
  return useMemo(
    () => [
      {
        key: 'verdict',
        title: t('decisions.verdict'),
        always: true,
        width: 120,
        value: (row) => t(`verdict.${row.verdict}`),
        cell: (row) => (
          <Badge tone={row.verdict === 'same' ? 'good' : 'quiet'}>{t(`verdict.${row.verdict}`)}</Badge>
        ),
      },
      ...(['a', 'b'] as const).map(
        (side): Column<Decision> => ({
          key: side,
          title: t(`decisions.${side}`),
          width: 220,
          value: (row) => row[side].value,
          cell: (row) => (
            <Anchor href={to(`/customers/${side === 'a' ? row.personA : row.personB}`)}>
              {identifierName(p, row[side].type)} {row[side].value}
            </Anchor>
          ),
        }),
      ),
      { key: 'by', title: t('decisions.by'), width: 160, value: (row) => row.decidedBy },
      {
        key: 'at',
        title: t('decisions.at'),
        width: 190,
        value: (row) => row.decidedAt,
        cell: (row) => <DateText at={row.decidedAt} as="dateTime" />,
      },
      {
        key: 'do',
        title: '',
        always: true,
        align: 'right',
        width: 64,
        cell: (row) => <ActionMenu actions={[undoDecision]} subject={row} />,
      },
    ],
    [t, p, to],
  );
}
