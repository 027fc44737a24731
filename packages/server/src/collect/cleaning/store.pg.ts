import type { CleanStep, FindingReason, FindingState } from '@qianmian/contract';
import type { JSONColumnType } from 'kysely';
import type { Learned } from './compile.ts';

export type CleaningTables = {
  collect_cleaning_version: {
    workspace: string;
    version: number;
    steps: JSONColumnType<CleanStep[]>;
    learned: JSONColumnType<Learned>;
    note: string;
    saved_by: string;
    saved_at: Date;
  };
  collect_cleaning_run: {
    id: string;
    workspace: string;
    version: number;
    job_id: string | null;
    started_by: string;
    started_at: Date;
    finished_at: Date | null;
    looked: number;
    changed: number;
    restored: number;
  };
  collect_cleaning_look: { workspace: string; step: string; found: number; looked_at: Date };
  collect_cleaning_finding: Omit<FindingRow, 'reason'> & { reason: JSONColumnType<FindingReason> };
};

export interface FindingRow {
  id: string;
  workspace: string;
  step: string;
  kind: string;
  code: string;
  subject: 'line' | 'order' | 'product' | 'trait' | 'day';
  key: string;
  line: string;
  field: string;
  value: string;
  reason: FindingReason;
  label: string;
  person_id: number | null;
  source: string;
  at: Date | null;
  weight: number;
  state: FindingState;
  decision: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  corrected: string | null;
}
