import { createHash } from 'node:crypto';
import type { EventFact, Fact, Identifier, ProductFact, StoreFact } from '../facts.ts';
import { rowsId } from '../message-id.ts';
import { toNumber } from './decimal.ts';
import type { ReadIdentifiers } from './identifiers.ts';
import { minorDigits, toMinor } from './money.ts';
import type { FieldReader } from './read-field.ts';
import { type CurrencySetup, currencyReader } from './row-currency.ts';
import { correct, type RowDraft, reject } from './row-draft.ts';
import type { RowRule } from './row-mapper.ts';
import type { RowValues } from './source-row.ts';

const DAY = 86_400_000;

/** One product a row. */
export function productsRule(setup: CurrencySetup): RowRule {
  const { reader } = setup;
  const digits = minorDigits(setup.currency);
  const isInHomeCurrency = currencyReader(setup);
  const cents = (field: 'price' | 'cost', values: RowValues, draft: RowDraft) => {
    const amount = reader.decimal(field, field, values, draft);
    if (amount && amount.units < 0)
      reject(draft, `bad_${field}`, `A ${field} below 0 makes no sense.`, { field });
    return amount && isInHomeCurrency(values, draft) ? toMinor(amount, digits) : undefined;
  };
  return {
    facts({ values }, draft) {
      const productId = reader.text('productId', values, draft);
      if (productId === '')
        reject(draft, 'no_product', 'The row has no product code.', { field: 'productId' });
      const fact: ProductFact = { kind: 'product', productId };
      copyTexts(
        fact,
        { name: 'productName', nameZh: 'productNameZh', brand: 'brand', imageUrl: 'imageUrl' },
        reader,
        values,
        draft,
      );
      const category = reader.path('category', values, draft);
      const attributes = reader.extras('attributes', values, draft);
      const [price, cost] = [cents('price', values, draft), cents('cost', values, draft)];
      if (category.length > 0) fact.category = category;
      if (price !== undefined) fact.priceCents = price;
      if (cost !== undefined) fact.costCents = cost;
      if (Object.keys(attributes).length > 0) fact.attributes = attributes;
      return draft.rejection ? [] : [fact];
    },
  };
}

/** One store a row. */
export function storesRule(reader: FieldReader): RowRule {
  return {
    facts({ values }, draft) {
      const storeId = reader.text('storeId', values, draft);
      if (storeId === '') reject(draft, 'no_store', 'The row has no store number.', { field: 'storeId' });
      const fact: StoreFact = { kind: 'store', storeId };
      const texts = {
        name: 'storeName',
        nameZh: 'storeNameZh',
        city: 'city',
        country: 'country',
        timeZone: 'storeTimeZone',
      } as const;
      copyTexts(fact, texts, reader, values, draft);
      for (const [field, limit] of [
        ['latitude', 90],
        ['longitude', 180],
      ] as const) {
        const place = reader.decimal(field, 'place', values, draft);
        if (place && Math.abs(toNumber(place)) <= limit) fact[field] = toNumber(place);
        else if (place)
          correct(draft, 'value_left_out', `A ${field} must lie within ±${limit}.`, {
            field,
            from: String(toNumber(place)),
          });
      }
      return draft.rejection ? [] : [fact];
    },
  };
}

/** One person a row; without a date of its own the row holds from the time of the import on. */
export function customersRule(reader: FieldReader, identifiersOf: ReadIdentifiers, now: number): RowRule {
  return {
    facts({ values }, draft) {
      const identifiers = identifiersOf(values, draft);
      if (identifiers.length === 0)
        reject(draft, 'no_customer', 'The row has no usable identifier: no id, card, phone or e-mail.');
      const traits = reader.extras('traits', values, draft);
      const time = reader.time('time', values, draft) ?? now;
      return draft.rejection ? [] : [{ kind: 'person', time, identifiers, traits }];
    },
  };
}

/** One event a row. Without a message id one is made of the content, so that the same row again is the same event. */
export function eventsRule(reader: FieldReader, identifiersOf: ReadIdentifiers, now: number): RowRule {
  return {
    facts({ values }, draft): Fact[] {
      const name = reader.text('eventName', values, draft);
      const time = reader.time('time', values, draft);
      const identifiers = identifiersOf(values, draft);
      if (name === '')
        reject(draft, 'no_event_name', 'The row does not say what happened.', { field: 'eventName' });
      if (time === undefined) reject(draft, 'no_date', 'The row has no date.', { field: 'time' });
      else if (time > now + DAY)
        reject(draft, 'date_in_future', 'The date lies in the future.', { field: 'time' });
      if (identifiers.length === 0) reject(draft, 'no_customer', 'The row has no usable identifier.');
      if (draft.rejection) return [];
      const properties = reader.extras('properties', values, draft);
      const messageId =
        rowsId(reader.text('messageId', values, draft)) || contentId(name, time!, identifiers, properties);
      const fact: EventFact = { kind: 'event', messageId, name, time: time!, identifiers, properties };
      const channel = reader.text('channel', values, draft);
      if (channel !== '') fact.channel = channel;
      return [fact];
    },
  };
}

function contentId(name: string, time: number, identifiers: Identifier[], properties: object): string {
  const content = JSON.stringify([name, time, identifiers, properties]);
  return `file-${createHash('sha256').update(content).digest('hex').slice(0, 32)}`;
}

/** Sets the properties of a fact whose field of the row is not empty. */
function copyTexts<T extends object>(
  fact: T,
  fields: Partial<Record<keyof T, Parameters<FieldReader['text']>[0]>>,
  reader: FieldReader,
  values: RowValues,
  draft: RowDraft,
): void {
  for (const property in fields) {
    const text = reader.text(fields[property]!, values, draft);
    if (text !== '') Object.assign(fact, { [property]: text });
  }
}
