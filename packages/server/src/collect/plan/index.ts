export type { JudgeEvent, Verdict } from './check.ts';
export { openPlans, type Plans } from './plans.ts';
