import type { Job } from '@qianmian/contract';
import type { TFunction } from 'i18next';
import type { Format, Tone } from '../ui/index.ts';

export const TONES: Record<Job['state'], Tone> = {
  queued: 'quiet',
  running: 'busy',
  done: 'good',
  failed: 'bad',
  cancelled: 'quiet',
};

/** How long a job took, or has been running; null before it began. */
export function tookMs(job: Pick<Job, 'startedAt' | 'finishedAt'>, now: number): number | null {
  if (!job.startedAt) return null;
  return Math.max(0, (job.finishedAt ? Date.parse(job.finishedAt) : now) - Date.parse(job.startedAt));
}

/** True while looking again soon is worth it. */
export function isMoving(jobs: readonly Job[]): boolean {
  return jobs.some((job) => job.state === 'running' || job.state === 'queued');
}

/** What matters most now: what runs, else what waits, else what failed today, else nothing. */
export function jobsHeadline(
  jobs: readonly Job[],
  t: TFunction<'jobs'>,
  format: Format,
  now: number,
): string {
  const count = (state: Job['state']) => jobs.filter((job) => job.state === state).length;
  const failed = jobs.filter(
    (job) => job.state === 'failed' && job.finishedAt && now - Date.parse(job.finishedAt) < 86_400_000,
  ).length;
  const said = [
    { key: 'headline.running', n: count('running') },
    { key: 'headline.waiting', n: count('running') > 0 ? 0 : count('queued') },
    { key: 'headline.failed', n: failed },
  ] as const;
  const sentences = said
    .filter(({ n }) => n > 0)
    .map(({ key, n }) => t(key, { count: n, jobs: format.number(n) }));
  return sentences.length > 0 ? sentences.join(format.language === 'zh' ? '，' : ' ') : t('headline.quiet');
}

/** What a kind of job is called; its own name where we have none. */
export function kindName(kind: string, t: TFunction<'jobs'>): string {
  return (t as (key: string, options: object) => string)(`kind|${kind}`, {
    keySeparator: '|',
    defaultValue: kind,
  });
}

/** What a job is about: what it says itself, else what its kind is always about. */
export function subjectName(job: Pick<Job, 'kind' | 'subject'>, t: TFunction<'jobs'>): string {
  if (job.subject) return job.subject;
  return (t as (key: string, options: object) => string)(`about|${job.kind}`, {
    keySeparator: '|',
    defaultValue: '',
  });
}
