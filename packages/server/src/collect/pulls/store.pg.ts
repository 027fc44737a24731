import type { PullConnection, PullTarget } from '@qianmian/contract';
import type { Generated, Selectable } from 'kysely';
import type { CollectTables } from '../store.pg.ts';

/** How far a table was read. */
export interface TablePosition {
  cursor: string;
  key: string[];
  /** The moment there when the run began: what was written long before it is surely seen. */
  readTo: number;
  /** Whether the run ended before the table did. */
  isPart: boolean;
  /** Digests of the rows read last: those that are met again within the overlap are passed over. */
  seen: string[];
  /** The cursor up to which rows without a key were counted. */
  keyless?: string;
  /** When many rows were met again to find those that a clock put back had dated behind others. */
  wentBack?: number;
}

export type PullTables = {
  collect_pull: {
    source: string;
    workspace: string;
    origin: string;
    connection: unknown;
    target: unknown;
    mapping: unknown;
    currency: string;
    time_zone: string;
    every_minutes: number | null;
    position: unknown;
    epoch: number;
    next_run_at: Date | null;
    next_trigger: string;
    failures: number;
    last_error_code: string | null;
    rows: string;
    created_by: string;
  };
  collect_pull_run: {
    id: string;
    number: Generated<string>;
    source: string;
    state: string;
    trigger: string;
    started_at: Date;
    ended_at: Date | null;
    rows: string;
    rejected: string;
    corrected: string;
    files: number;
    error_code: string | null;
    error: string | null;
  };
  collect_pull_file: {
    source: string;
    path: string;
    version: string;
    changed_at: Date;
    rows_done: string;
    is_done: boolean;
    error: string | null;
  };
} & Pick<CollectTables, 'collect_source'>;

/** A source that is read on a schedule, with what all sources have. */
export type PullRow = Omit<
  Selectable<PullTables['collect_pull']>,
  'connection' | 'target' | 'mapping' | 'position'
> &
  Pick<
    Selectable<PullTables['collect_source']>,
    'name' | 'secret' | 'created_at' | 'paused_at' | 'failing_since' | 'last_error' | 'last_error_at'
  > & {
    connection: PullConnection;
    target: PullTarget;
    mapping: Record<string, unknown>;
    position: TablePosition | null;
  };
export type RunRow = Selectable<PullTables['collect_pull_run']>;
