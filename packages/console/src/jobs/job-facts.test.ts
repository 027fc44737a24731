import type { Job } from '@qianmian/contract';
import { expect, it } from 'vitest';
import { createI18n } from '../shell/i18n.ts';
import { createFormat, type Language } from '../ui/format.ts';
import { isMoving, jobsHeadline, kindName, subjectName, tookMs } from './job-facts.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const job = (state: Job['state'], finishedAt: string | null = null): Job => ({
  id: state,
  kind: 'collect.import',
  state,
  subject: '',
  progress: null,
  note: '',
  attempts: 1,
  maxAttempts: 3,
  error: null,
  runAt: '2026-11-22T11:00:00Z',
  startedAt: '2026-11-22T11:59:00Z',
  finishedAt,
});
const say = (language: Language, jobs: Job[]) =>
  jobsHeadline(
    jobs,
    createI18n(language).getFixedT(null, 'jobs'),
    createFormat({ language, currency: 'CNY', timeZone: 'UTC' }),
    NOW,
  );

it('says what runs first, then what failed today', () => {
  const jobs = [
    job('running'),
    job('queued'),
    job('failed', '2026-11-22T11:00:00Z'),
    job('failed', '2026-11-20T11:00:00Z'),
  ];
  expect(say('en', jobs)).toBe('1 job is running. 1 job failed and needs a look.');
  expect(say('zh', jobs)).toBe('1 个任务正在运行，1 个任务失败，需要处理');
  expect(say('en', [job('queued'), job('queued')])).toBe('2 jobs wait for their turn.');
  expect(say('en', [job('done')])).toBe('Nothing is running.');
});

it('knows how long a job took and whether to look again soon', () => {
  expect(tookMs(job('running'), NOW)).toBe(60_000);
  expect(tookMs(job('done', '2026-11-22T11:59:30Z'), NOW)).toBe(30_000);
  expect(tookMs({ startedAt: null, finishedAt: null }, NOW)).toBeNull();
  expect(isMoving([job('done'), job('queued')])).toBe(true);
  expect(isMoving([job('failed')])).toBe(false);
});

it('calls a kind of job by its name, or as it is', () => {
  const t = createI18n('zh').getFixedT(null, 'jobs');
  expect(kindName('collect.import', t)).toBe('导入数据');
  expect(kindName('market.scrape', t)).toBe('market.scrape');
});

it('says what a job is about', () => {
  const t = createI18n('en').getFixedT(null, 'jobs');
  expect(subjectName({ kind: 'collect.import', subject: 'orders.csv' }, t)).toBe('orders.csv');
  expect(subjectName({ kind: 'profile.refresh', subject: '' }, t)).toBe('All customers');
  expect(subjectName({ kind: 'market.scrape', subject: '' }, t)).toBe('');
});
