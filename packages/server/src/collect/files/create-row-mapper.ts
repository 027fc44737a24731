import { identifierReader, type ReadIdentifiers } from './identifiers.ts';
import type { Mapping } from './mapping.ts';
import { orderLinesRule, wholeOrdersRule } from './order-lines-rule.ts';
import { customersRule, eventsRule, productsRule, storesRule } from './other-rules.ts';
import { type FieldReader, fieldReader } from './read-field.ts';
import { type RowMapper, type RowRule, rowMapper } from './row-mapper.ts';

/** The workspace's own settings, and what holds of the files where they do not say it themselves. */
export interface MapperOptions {
  /** The workspace's currency: amounts in another one are turned away. */
  currency: string;
  /** What the files' amounts are in where neither mapping nor row says it; the workspace's when absent. */
  fileCurrency?: string;
  /** A mapping may overrule it for its file. */
  timeZone: string;
  /** Milliseconds; rows dated more than a day later are rejected, undated customers hold from then on. */
  now: number;
  /** Where phone numbers without a country code are from; guessed from the currency when absent. */
  country?: string;
}

/** A mapper for one file; it remembers orders and duplicates, so a second file needs a second one. */
export function createRowMapper(mapping: Mapping, options: MapperOptions): RowMapper {
  const reader = fieldReader(mapping, options);
  const fileCurrency = mapping.currency ?? options.fileCurrency ?? options.currency;
  const identifiersOf = identifierReader(reader, fileCurrency, options.country);
  const parts = { reader, identifiersOf, currency: options.currency, fileCurrency, now: options.now };
  return rowMapper(ruleOf(mapping, parts), mapping.duplicates ?? 'reject');
}

function ruleOf(
  mapping: Mapping,
  parts: {
    reader: FieldReader;
    identifiersOf: ReadIdentifiers;
    currency: string;
    fileCurrency: string;
    now: number;
  },
): RowRule {
  const { reader, identifiersOf, now } = parts;
  switch (mapping.kind) {
    case 'products':
      return productsRule(parts);
    case 'stores':
      return storesRule(reader);
    case 'customers':
      return customersRule(reader, identifiersOf, now);
    case 'events':
      return eventsRule(reader, identifiersOf, now);
    case 'orderLines': {
      const rule = mapping.orders?.grouping === 'order' ? wholeOrdersRule : orderLinesRule;
      return rule({ mapping, ...parts });
    }
  }
}
