export { pullJobs, SLOW_PULL_JOBS } from './pull-jobs.ts';
export { pullRoutes } from './pull-routes.ts';
export { openPulls, type Pulls } from './pulls.ts';
export { openRunner } from './run-pull.ts';
export { openRuns } from './runs.ts';
