import type { PlanRules, TrackingPlan } from '@qianmian/contract';
import type { JSONColumnType } from 'kysely';

export type PlanTables = {
  collect_plan_version: {
    workspace: string;
    version: number;
    plan: JSONColumnType<TrackingPlan>;
    note: string;
    created_by: string;
    created_at: Date;
  };
  collect_plan_active: { workspace: string; version: number };
  collect_plan_rules: { workspace: string; source: string; rules: JSONColumnType<PlanRules> };
};
