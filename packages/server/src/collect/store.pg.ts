import type { importFile, importTotals } from '@qianmian/contract';
import type { JSONColumnType } from 'kysely';
import type { z } from 'zod';

export type ImportFile = z.infer<typeof importFile>;
export type ImportTotals = z.infer<typeof importTotals>;

export type CollectTables = {
  collect_source: {
    id: string;
    workspace: string;
    name: string;
    write_key: string;
    created_at: Date;
    revoked_at: Date | null;
    kind: string;
    paused_at: Date | null;
    failing_since: Date | null;
    last_error: string | null;
    last_error_at: Date | null;
    former_key: string | null;
    former_until: Date | null;
    hook_check: unknown;
    secret: string | null;
    former_secret: string | null;
    preset: string | null;
    mapping: unknown;
    mapping_version: number;
    client: unknown;
  };
  collect_source_refused: { source: string; day: string; calls: number };
  collect_quota: {
    workspace: string;
    events_per_second: number | null;
    burst: number | null;
    events_per_day: number | null;
    events_per_month: number | null;
    upload_bytes_per_day: number | null;
    set_by: string;
    set_at: Date;
  };
  collect_quota_use: {
    workspace: string;
    day: string;
    events: number;
    upload_bytes: number;
    refused_requests: number;
    refused_events: number;
  };
  collect_import: {
    id: string;
    workspace: string;
    state: string;
    preset: string | null;
    currency: string;
    time_zone: string;
    files: JSONColumnType<ImportFile[]>;
    totals: JSONColumnType<ImportTotals>;
    error: string | null;
    job_id: string | null;
    created_by: string;
    created_at: Date;
    finished_at: Date | null;
  };
  collect_mapping: {
    id: string;
    workspace: string;
    name: string;
    mapping: JSONColumnType<Record<string, unknown>>;
    created_at: Date;
  };
};
