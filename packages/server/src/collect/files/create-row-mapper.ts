import { identifierReader, type ReadIdentifiers } from './identifiers.ts';
import type { Mapping } from './mapping.ts';
import { orderLinesRule, wholeOrdersRule } from './order-lines-rule.ts';
import { customersRule, eventsRule, productsRule, storesRule } from './other-rules.ts';
import { type FieldReader, fieldReader } from './read-field.ts';
import { type RowMapper, type RowRule, rowMapper } from './row-mapper.ts';

/** The workspace's own settings, which a mapping may overrule for its file. */
export interface MapperOptions {
  currency: string;
  timeZone: string;
  /** Milliseconds; rows dated more than a day later are rejected, undated customers hold from then on. */
  now: number;
  /** Where phone numbers without a country code are from; guessed from the currency when absent. */
  country?: string;
}

/** A mapper for one file; it remembers orders and duplicates, so a second file needs a second one. */
export function createRowMapper(mapping: Mapping, options: MapperOptions): RowMapper {
  const reader = fieldReader(mapping, options.timeZone);
  const currency = mapping.currency ?? options.currency;
  const identifiersOf = identifierReader(reader, currency, options.country);
  return rowMapper(
    ruleOf(mapping, reader, identifiersOf, currency, options.now),
    mapping.duplicates ?? 'reject',
  );
}

function ruleOf(
  mapping: Mapping,
  reader: FieldReader,
  identifiersOf: ReadIdentifiers,
  currency: string,
  now: number,
): RowRule {
  switch (mapping.kind) {
    case 'products':
      return productsRule(reader, currency);
    case 'stores':
      return storesRule(reader);
    case 'customers':
      return customersRule(reader, identifiersOf, now);
    case 'events':
      return eventsRule(reader, identifiersOf, now);
    case 'orderLines': {
      const rule = mapping.orders?.grouping === 'order' ? wholeOrdersRule : orderLinesRule;
      return rule({ mapping, reader, identifiersOf, currency, now });
    }
  }
}
