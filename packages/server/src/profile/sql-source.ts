import type { Params } from '../platform/warehouse.ts';

/** A query for a set of people: a SELECT with the one column `person`, and the values bound in it. */
export interface SqlSource {
  sql: string;
  params: Params;
}

/**
 * For INSERT ... SELECT of what is computed: never taken for a repeat. The empty token is needed where the embedded
 * engine still holds that of an insert before.
 */
export const NEVER_A_REPEAT = "SETTINGS insert_deduplicate = 0, insert_deduplication_token = ''";
