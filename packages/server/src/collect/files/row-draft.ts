import type { RowNote } from './source-row.ts';

/** What is being made of one row: its corrections so far and, once given, the reason it is turned away. */
export interface RowDraft {
  corrections: RowNote[];
  rejection: RowNote | undefined;
  /** The row says that its line came to nothing: turned away, it is told all the same. */
  isClosed?: boolean;
}

/** Notes a change made to a row's value. */
export function correct(
  draft: RowDraft,
  code: string,
  message: string,
  about?: Omit<RowNote, 'code' | 'message'>,
): void {
  draft.corrections.push({ code, message, ...about });
}

/** Turns a row away; the first reason stands. */
export function reject(
  draft: RowDraft,
  code: string,
  message: string,
  about?: Omit<RowNote, 'code' | 'message'>,
): void {
  draft.rejection ??= { code, message, ...about };
}
