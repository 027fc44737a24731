import { api, type Overview } from '@qianmian/contract';
import { DatePicker, Segmented } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { QualityAlerts } from '../collect/quality-alerts.tsx';
import { useTo } from '../shell/address.ts';
import { useApi } from '../shell/use-api.ts';
import { Anchor, Answer, EmptyState, Grid, Loading, Page, useAddressState, useFormat } from '../ui/index.ts';
import { BestSellers } from './best-sellers.tsx';
import { headline } from './headline.ts';
import { Indicators } from './indicators.tsx';
import { LifecycleBar } from './lifecycle-bar.tsx';
import { NothingYet } from './nothing-yet.tsx';
import { isRunning } from './people-behind-numbers.ts';
import { SalesCourse } from './sales-course.tsx';
import { SalesParts } from './sales-parts.tsx';

const period = z.object({
  days: z.coerce.number().int().min(1).max(731).default(30),
  to: z.iso.date().optional(),
});

/** What changed, why, and what to do: the first page of the morning. */
export default function OverviewPage() {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const [state] = useAddressState(period);
  const query = useApi(api.getOverview, { query: state }, { keep: true, everyMs: 5 * 60_000 });
  const { data } = query;
  const filled = data && data.dataTo !== null;
  const running = data !== undefined && isRunning(data, format.dayOf);
  return (
    <Page
      title={t('pages.overview')}
      headline={filled ? headline(data, t, format, running) : undefined}
      note={
        filled &&
        t(running ? 'noteRunning' : 'note', {
          period: format.days(data.from, data.to),
          before: format.days(data.previousFrom, data.previousTo),
          asOf: format.dateTime(data.asOf),
          time: format.time(data.asOf),
        })
      }
      filters={filled && <PeriodChoice atEnd={!running} />}
    >
      <QualityAlerts />
      <Answer of={query} loading={<Loading kind="page" />}>
        {(overview) => (overview.dataTo === null ? <NothingYet /> : <Picture overview={overview} />)}
      </Answer>
    </Page>
  );
}

function Picture({ overview }: { overview: Overview }) {
  const isEmpty = overview.indicators.every((one) => one.value === 0 && one.previous === 0);
  if (isEmpty) return <EmptyPeriod overview={overview} />;
  return (
    <>
      <Indicators overview={overview} />
      <SalesCourse overview={overview} />
      <Grid min={360}>
        <SalesParts kind="channel" overview={overview} />
        <SalesParts kind="category" overview={overview} />
        <SalesParts kind="store" overview={overview} />
      </Grid>
      <LifecycleBar overview={overview} />
      <BestSellers overview={overview} />
    </>
  );
}

function EmptyPeriod({ overview }: { overview: Overview }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const to = useTo();
  const { dataFrom, dataTo } = overview;
  if (!dataFrom || !dataTo) return null;
  return (
    <EmptyState
      title={t('emptyPeriod.title')}
      text={t('emptyPeriod.text', { from: format.day(dataFrom), to: format.day(dataTo) })}
      action={<Anchor href={to('/overview', { to: dataTo })}>{t('emptyPeriod.go')}</Anchor>}
    />
  );
}

/** `atEnd`: the data end before today, and so does the period when no day is chosen. */
function PeriodChoice({ atEnd }: { atEnd: boolean }) {
  const { t } = useTranslation('insight');
  const format = useFormat();
  const [{ days, to }, setPeriod] = useAddressState(period);
  return (
    <>
      <Segmented
        aria-label={t('period.label')}
        value={days}
        onChange={(value) => setPeriod({ days: Number(value) })}
        options={[7, 30, 90, 365].map((value) => ({
          value,
          label: value === 365 ? t('period.year') : t('period.days', { days: value }),
        }))}
      />
      <DatePicker
        aria-label={t('period.to')}
        placeholder={t(atEnd ? 'period.toEnd' : 'period.toNow')}
        value={to ? dayjs(to) : null}
        onChange={(day) => setPeriod({ to: day ? day.format('YYYY-MM-DD') : undefined })}
        maxDate={dayjs(format.dayOf())}
      />
    </>
  );
}
