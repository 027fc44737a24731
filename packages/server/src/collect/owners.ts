/** What tells which facts are one person's: identifiers, and numbers they are stored under; some are theirs alone. */
export interface Whose {
  numbers: readonly number[];
  own: readonly number[];
  anchors: readonly number[];
}

/** What of a table (with columns person_id and anchor) is of one person, bound as `Whose`. A WHERE condition. */
export const OF_PERSON = `person_id IN {numbers:Array(UInt32)}
  AND (anchor IN {anchors:Array(UInt32)} OR anchor = 0 AND person_id IN {own:Array(UInt32)})`;

/** Whose facts are; identity's verbs, handed in by `app.ts`. */
export interface Owners {
  /** What tells which facts are a person's. */
  whoIs(workspace: string, personId: number): Promise<Whose>;
  /** Whose facts are now, in their order; 0 for nobody's. */
  whoseAre(workspace: string, facts: readonly { anchor: number; person_id: number }[]): Promise<number[]>;
}
