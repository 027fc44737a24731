import { SafetyCertificateOutlined } from '@ant-design/icons';
import { api, type QualityReport, type QualityScore } from '@qianmian/contract';
import { Button, Segmented } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { useGo, useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import {
  Anchor,
  Answer,
  type Column,
  DataTable,
  EmptyState,
  LineCompare,
  Loading,
  Page,
  Panel,
  useAddressState,
  useFormat,
} from '../ui/index.ts';
import { AlertList } from './quality-alerts.tsx';
import { behindReason, mostLost } from './quality-reasons.ts';
import { QuotaPanel } from './quota-panel.tsx';
import { useReasonWords } from './use-reason-words.ts';
import './quality.css';

const view = z.object({
  days: z.coerce.number().int().min(1).max(366).default(28),
  source: z.string().default(''),
});
/** Lines a chart shows before it is a tangle. */
const LINES = 6;

type OfSource = QualityReport['sources'][number];

/** How good what each source sends is, day by day, and where points are lost. */
export default function QualityPage() {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const words = useReasonWords();
  const [{ days, source }, setView] = useAddressState(view);
  const query = useApi(
    api.getQuality,
    { query: { days, source: source || undefined } },
    { keep: true, everyMs: 60_000 },
  );
  const total = query.data?.total;
  const most = total && mostLost(total);
  return (
    <Page
      title={t('pages.quality')}
      headline={
        total &&
        total.score !== null &&
        t(most ? 'quality.headlineMost' : 'quality.headline', {
          score: format.number(total.score, 1),
          days,
          messages: format.number(total.messages),
          reason: most ? words.reason(most.reason) : '',
          lost: format.number(most?.lost ?? 0, 1),
        })
      }
      note={t('quality.note')}
      filters={
        <>
          <Segmented
            aria-label={t('quality.period')}
            value={days}
            onChange={(value) => setView({ days: Number(value) })}
            options={[7, 28, 90].map((value) => ({ value, label: t('quality.days', { days: value }) }))}
          />
          {source && <Button onClick={() => setView({ source: '' })}>{t('quality.allSources')}</Button>}
        </>
      }
    >
      <Answer of={query} loading={<Loading kind="page" />}>
        {(report) =>
          report.total.messages === 0 && source === '' ? <Nothing /> : <Picture report={report} />
        }
      </Answer>
    </Page>
  );
}

function Picture({ report }: { report: QualityReport }) {
  const { t } = useTranslation('collect');
  const [{ source }, setView] = useAddressState(view);
  const columns = useColumns();
  const name = source && (report.sources[0]?.name ?? source);
  return (
    <>
      <Panel title={t('quality.alerts')}>
        {report.alerts.length > 0 ? (
          <AlertList alerts={report.alerts} />
        ) : (
          <p className="qm-note">{t('quality.noAlerts')}</p>
        )}
      </Panel>
      <Course report={report} />
      <DataTable
        id="quality-sources"
        label={t('quality.sources')}
        columns={columns}
        rows={report.sources}
        rowKey={(row) => row.source}
        onRowClick={(row) => setView({ source: row.source })}
      />
      <Panel title={name ? t('quality.partsOf', { source: name }) : t('quality.parts')}>
        <Parts score={report.total} source={source || undefined} />
      </Panel>
      <QuotaPanel />
    </>
  );
}

function Course({ report }: { report: QualityReport }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const labels = useMemo(() => report.days.map(format.dayShort), [report.days, format]);
  const lines = useMemo(
    () =>
      report.sources.slice(0, LINES).map((one, at) => ({
        name: one.name,
        values: one.daily.map((day) => day.score),
        colour: at,
        isOpen: true,
      })),
    [report.sources],
  );
  const write = useCallback((value: number) => format.number(value, 1), [format]);
  return (
    <LineCompare
      title={t('quality.course')}
      summary={t('quality.courseSummary', {
        sources: report.sources.length,
        score: report.total.score === null ? '–' : write(report.total.score),
      })}
      axisName={t('quality.day')}
      labels={labels}
      lines={lines}
      tick={format.number}
      write={write}
      heading={(at) => format.dayLong(report.days[at] ?? report.to)}
    />
  );
}

function Parts({ score, source }: { score: QualityScore; source?: string }) {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const to = useTo();
  const words = useReasonWords();
  return (
    <div>
      {score.parts.map((part) => (
        <section key={part.part} className="qm-quality-part">
          <header>
            <h3>{t(`quality.part.${part.part}`)}</h3>
            <span className="qm-note">
              {t('quality.points', { lost: format.number(part.lost, 1), weight: part.weight })}
            </span>
          </header>
          <ul>
            {part.reasons.map((one) => {
              const behind = behindReason(one.reason, source);
              return (
                <li key={one.reason}>
                  <Anchor href={to(behind.path, behind.search)}>{words.reason(one.reason)}</Anchor>
                  <span className="qm-note">
                    {t('quality.count', {
                      count: one.messages,
                      messages: format.number(one.messages),
                      share: format.percent(Math.min(1, one.messages / Math.max(1, score.messages))),
                    })}
                  </span>
                  <b>{t('quality.lost', { lost: format.number(one.lost, 1) })}</b>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </div>
  );
}

function useColumns(): Column<OfSource>[] {
  const { t } = useTranslation('collect');
  const format = useFormat();
  const words = useReasonWords();
  return useMemo(
    () => [
      { key: 'source', title: t('quality.source'), value: (row) => row.name, always: true, width: 200 },
      {
        key: 'score',
        title: t('quality.score'),
        align: 'right',
        sortable: true,
        value: (row) => row.total.score,
        cell: (row) => (row.total.score === null ? '–' : format.number(row.total.score, 1)),
        width: 100,
      },
      {
        key: 'messages',
        title: t('quality.messages'),
        align: 'right',
        sortable: true,
        value: (row) => row.total.messages,
        cell: (row) => format.number(row.total.messages),
        width: 120,
      },
      {
        key: 'most',
        title: t('quality.most'),
        value: (row) => {
          const most = mostLost(row.total);
          return most ? words.reason(most.reason) : t('quality.nothingLost');
        },
        width: 320,
      },
    ],
    [t, format, words],
  );
}

function Nothing() {
  const { t } = useTranslation('collect');
  const go = useGo();
  return (
    <EmptyState
      icon={<SafetyCertificateOutlined />}
      title={t('quality.empty')}
      text={t('quality.emptyText')}
      action={
        <Button type="primary" onClick={() => go('/sources')}>
          {t('quality.emptyAction')}
        </Button>
      }
    />
  );
}
