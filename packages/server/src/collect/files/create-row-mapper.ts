import { identifierReader, type ReadIdentifiers } from './identifiers.ts';
import type { Mapping } from './mapping.ts';
import { orderLinesRule, wholeOrdersRule } from './order-lines-rule.ts';
import { customersRule, eventsRule, productsRule, storesRule } from './other-rules.ts';
import { type FieldReader, fieldReader } from './read-field.ts';
import { type RowMapper, type RowRule, rowMapper } from './row-mapper.ts';
import type { RowValues } from './source-row.ts';

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
  /** Where phone numbers without a country code are from; they are left out where nobody knows. */
  country?: string | null;
}

/** A mapper for one file; it remembers orders and duplicates, so a second file needs a second one. */
export function createRowMapper(mapping: Mapping, options: MapperOptions): RowMapper {
  const reader = fieldReader(mapping, options);
  const fileCurrency = mapping.currency ?? options.fileCurrency ?? options.currency;
  const identifiersOf = identifierReader(reader, options.country ?? null, countryReader(mapping));
  const parts = { reader, identifiersOf, currency: options.currency, fileCurrency, now: options.now };
  return rowMapper(ruleOf(mapping, parts), mapping.duplicates ?? 'reject');
}

/** Where a row says that its person is. */
function countryReader({ traits, kind }: Mapping): (values: RowValues) => string | undefined {
  const column = kind === 'customers' || kind === 'orderLines' ? traits?.country?.column : undefined;
  return (values) => {
    const text = column === undefined ? '' : String(values[column] ?? '').trim();
    return text === '' ? undefined : text;
  };
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
