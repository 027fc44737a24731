/**
 * The shape a second language must have: every key of the English words, none beside them. English alone tells one from
 * many (`people_one`, `people_other`); Chinese gives `_other`.
 */
export type Words<English> = {
  [Key in keyof English as Key extends `${string}_one` ? never : Key]: English[Key] extends string
    ? string
    : Words<English[Key]>;
};
