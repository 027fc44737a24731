import { HeatMapOutlined } from '@ant-design/icons';
import { api, type RfmReport } from '@qianmian/contract';
import { Button, Segmented } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { makeSegment } from '../segment/actions.ts';
import { useGo, useTo } from '../shell/address.ts';
import { useCan } from '../shell/session.tsx';
import { ActionButton, usePageActions } from '../shell/use-actions.tsx';
import { useApi } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  EmptyState,
  type Format,
  HeatGrid,
  Loading,
  Page,
  Panel,
  SplitBar,
  useAddressState,
  useFormat,
  usePalette,
} from '../ui/index.ts';
import { refreshProfiles } from './actions.ts';
import { rfmHeadline } from './rfm-words.ts';
import './profile.css';

const view = z.object({ measure: z.enum(['people', 'money']).default('people') });
const PAGE_ACTIONS = [refreshProfiles];

/** How lately, how often, how much: the grid, the named groups and the stages, each leading to its people. */
export default function RfmPage() {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const query = useApi(api.getRfm, {});
  usePageActions(PAGE_ACTIONS, undefined);
  const { data } = query;
  const filled = data && data.customers > 0;
  return (
    <Page
      title={t('pages.rfm')}
      headline={filled ? rfmHeadline(data, t, format) : undefined}
      note={
        filled &&
        t('rfm.note', {
          customers: format.number(data.customers),
          at: data.computedAt ? format.dateTime(data.computedAt) : '–',
        }) + endedWords(data, t, format)
      }
      actions={
        filled && (
          <ActionButton action={refreshProfiles} subject={undefined}>
            {t('rfm.refresh')}
          </ActionButton>
        )
      }
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(report) =>
          report.customers === 0 ? (
            <NothingBought />
          ) : (
            <>
              <RfmGrid report={report} />
              <Lifecycle report={report} />
              <Groups report={report} />
            </>
          )
        }
      </Answer>
    </Page>
  );
}

/** Said where the data end long before they were computed: days are counted to their end, not to today. */
function endedWords({ asOf, computedAt }: RfmReport, t: TFunction<'profile'>, format: Format): string {
  const day = format.dayOf(asOf);
  return computedAt && day < format.dayOf(computedAt) ? t('rfm.noteEnded', { day: format.day(day) }) : '';
}

function NothingBought() {
  const { t } = useTranslation('profile');
  const go = useGo();
  const canImport = useCan('data.write');
  return (
    <EmptyState
      icon={<HeatMapOutlined />}
      title={t('rfm.empty')}
      text={t('rfm.emptyText')}
      action={
        canImport && (
          <Button type="primary" onClick={() => go('/imports')}>
            {t('rfm.emptyAction')}
          </Button>
        )
      }
    />
  );
}

function Lifecycle({ report }: { report: RfmReport }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const { palette } = usePalette();
  const colours = [palette.faint, ...palette.ramp.slice(1).reverse()];
  const { active, cooling, sleeping } = report.lifecycleDays;
  const days = {
    active: format.number(active),
    cooling: format.number(cooling),
    sleeping: format.number(sleeping),
  };
  return (
    <Panel title={t('rfm.lifecycle')} note={t('rfm.lifecycleNote', days)}>
      <SplitBar
        label={t('rfm.lifecycle')}
        of={report.lifecycle.map(({ stage, people, spendCents }, at) => ({
          key: stage,
          label: t(`stage.${stage}`),
          value: people,
          text: (
            <>
              {format.number(people)}
              {spendCents > 0 && <small className="qm-split-money">{format.moneyShort(spendCents)}</small>}
            </>
          ),
          href: to('/customers', { lifecycle: stage }),
          hint: t('rfm.stageOpen', { stage: t(`stage.${stage}`), meaning: t(`stageMeaning.${stage}`, days) }),
          colour: colours[at],
        }))}
      />
    </Panel>
  );
}

function Groups({ report }: { report: RfmReport }) {
  const { t } = useTranslation('profile');
  return (
    <Panel title={t('rfm.groups')} note={t('rfm.groupsNote')}>
      <ul className="qm-groups">
        {report.groups.map((group) => (
          <Group key={group.group} group={group} customers={report.customers} />
        ))}
      </ul>
    </Panel>
  );
}

function Group({ group, customers }: { group: RfmReport['groups'][number]; customers: number }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const name = t(`group.${group.group}`);
  const share = customers > 0 ? group.people / customers : 0;
  return (
    <li className="qm-group-card">
      <h3>
        <Anchor href={to('/customers', { rfmGroup: group.group })}>{name}</Anchor>
        <span>
          {t('rfm.groupShare', { people: format.number(group.people), share: format.percent(share) })}
        </span>
      </h3>
      <span className="qm-bar-track" aria-hidden="true">
        <span className="qm-bar-fill" style={{ width: `${share * 100}%` }} />
      </span>
      <p>{t(`groupMeaning.${group.group}`)}</p>
      <p className="qm-note qm-small">
        {group.people === 0
          ? t('rfm.groupNone')
          : t('rfm.groupMoney', {
              spend: format.moneyShort(group.spendCents),
              average: format.moneyShort(group.averageOrderCents),
              days: format.number(Math.round(group.medianDaysSinceLastOrder)),
            })}
      </p>
      <p className="qm-advice">
        <b>{t('rfm.advice')}</b> {t(`groupAdvice.${group.group}`)}
      </p>
      <div className="qm-card-do">
        <ActionButton
          action={makeSegment}
          subject={{
            name,
            condition: { kind: 'all', of: [{ kind: 'rfmGroup', groups: [group.group] }] },
          }}
          size="small"
          aria-label={`${t('rfm.make')}: ${name}`}
        />
      </div>
    </li>
  );
}

const SCORES = [1, 2, 3, 4, 5];

function RfmGrid({ report }: { report: RfmReport }) {
  const { t } = useTranslation('profile');
  const format = useFormat();
  const to = useTo();
  const { mode } = usePalette();
  const [{ measure }, setView] = useAddressState(view);
  return (
    <Panel
      className="qm-rfm-grid"
      title={t('rfm.grid')}
      note={t(`rfm.gridNote.${mode}`)}
      extra={
        <Segmented<'people' | 'money'>
          size="small"
          aria-label={t('rfm.measure')}
          value={measure}
          onChange={(next) => setView({ measure: next }, { replace: true })}
          options={[
            { value: 'people', label: t('rfm.people') },
            { value: 'money', label: t('rfm.money') },
          ]}
        />
      }
    >
      <HeatGrid
        caption={t('rfm.gridCaption')}
        rowName={t('rfm.recency')}
        columnName={t('rfm.frequencyAxis')}
        rows={[...SCORES].reverse().map((key) => ({ key, label: scoreLabel(key, 'row') }))}
        columns={SCORES.map((key) => ({ key, label: scoreLabel(key, 'column') }))}
        cells={report.cells.map((cell) => ({
          row: cell.recency,
          column: cell.frequency,
          value: Math.max(0, measure === 'people' ? cell.people : cell.spendCents),
          text: measure === 'people' ? format.number(cell.people) : format.moneyShort(cell.spendCents),
          detail: measure === 'people' ? format.moneyShort(cell.spendCents) : format.number(cell.people),
          href: to('/customers', { recency: cell.recency, frequency: cell.frequency }),
          label: t('rfm.cellLabel', {
            recency: cell.recency,
            frequency: cell.frequency,
            people: format.number(cell.people),
            spend: format.money(cell.spendCents),
          }),
        }))}
      />
    </Panel>
  );

  function scoreLabel(score: number, axis: 'row' | 'column'): string {
    if (score === 5) return t(axis === 'row' ? 'rfm.rowBest' : 'rfm.columnBest');
    return score === 1 ? t(axis === 'row' ? 'rfm.rowWorst' : 'rfm.columnWorst') : String(score);
  }
}
