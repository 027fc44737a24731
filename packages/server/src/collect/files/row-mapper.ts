import type { Fact } from '../facts.ts';
import type { RowDraft } from './row-draft.ts';
import { SeenTable } from './seen-table.ts';
import { isFault, type ReadRow, type RowNote, type SourceRow } from './source-row.ts';

/** What became of a row. Facts may belong to earlier rows of the same order; their notes then say which row. */
export interface RowOutcome {
  facts: Fact[];
  corrections: RowNote[];
  rejection?: RowNote;
}

/** Turns the rows of one file into facts. It remembers what it has seen, so each file needs one of its own. */
export interface RowMapper {
  map(row: ReadRow): RowOutcome;
  /** What only the end of the file settles: the last order, the products' names. To be called once. */
  finish(): RowOutcome;
}

/** What a kind of record adds to the frame that all mappers share. */
export interface RowRule {
  facts(row: SourceRow, draft: RowDraft): Fact[];
  /** Told of each row that could not be read: something of an order may be missing. */
  missed?(): void;
  finish?(draft: RowDraft): Fact[];
}

/** The frame: faults and exact duplicates are turned away, the rest is the rule's. */
export function rowMapper(rule: RowRule, duplicates: 'reject' | 'keep'): RowMapper {
  const seen = new SeenTable();
  return {
    map(row) {
      if (isFault(row)) {
        rule.missed?.();
        return { facts: [], corrections: [], rejection: { code: row.code, message: row.message } };
      }
      const draft: RowDraft = { corrections: row.notes ? [...row.notes] : [], rejection: undefined };
      if (duplicates === 'reject' && seen.count(row.raw) > 1) {
        const message = 'The row equals an earlier row of the file in every column.';
        return { facts: [], corrections: [], rejection: { code: 'duplicate_row', message } };
      }
      return outcome(rule.facts(row, draft), draft);
    },
    finish() {
      const draft: RowDraft = { corrections: [], rejection: undefined };
      return outcome(rule.finish?.(draft) ?? [], draft);
    },
  };
}

function outcome(facts: Fact[], { corrections, rejection }: RowDraft): RowOutcome {
  if (!rejection) return { facts, corrections };
  // What was changed in a row that is turned away does not matter; notes on earlier rows stay.
  return { facts, corrections: corrections.filter((note) => note.row !== undefined), rejection };
}
