import type { IdentityRules } from '@qianmian/contract';
import type { Generated, JSONColumnType } from 'kysely';

/** A decision that another put in its place. */
export interface Replaced {
  id: string;
  verdict: 'same' | 'different';
  a: number;
  b: number;
  /** ISO 8601. */
  decided_at: string;
  decided_by: string;
  replaces: Replaced[];
}

/** Tables of identity in the ledger. */
export type IdentityTables = {
  identity_rules: {
    workspace: string;
    rules: JSONColumnType<IdentityRules, string | null, string | null> | null;
    wanted: JSONColumnType<IdentityRules, string | null, string | null> | null;
    changed_at: Date;
  };
  identity_decision: {
    id: string;
    workspace: string;
    verdict: 'same' | 'different';
    a: number;
    b: number;
    decided_at: Date;
    decided_by: string;
    /** What held instead before, and holds again when this is taken back. */
    replaces: JSONColumnType<Replaced[], string, string>;
  };
  identity_duplicate: {
    id: string;
    workspace: string;
    a: number;
    b: number;
    score: number;
    reasons: JSONColumnType<{ reason: string; weight: number }[], string, string>;
    /** It rests on what only pages said. */
    is_heard: Generated<boolean>;
    put_off_at: Date | null;
    found_at: Date;
  };
  identity_run: {
    workspace: string;
    folded_at: Date | null;
    searched_at: Date | null;
    skipped_blocks: Generated<number>;
  };
};
