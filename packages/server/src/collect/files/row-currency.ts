import { currencyNamed, otherCurrencyWords } from './currency-sign.ts';
import type { FieldReader } from './read-field.ts';
import { type RowDraft, reject } from './row-draft.ts';
import type { RowValues } from './source-row.ts';

/** What is asked of the currency of a row. */
export interface CurrencySetup {
  reader: FieldReader;
  /** The workspace's. */
  currency: string;
  /** That of rows which name none. */
  fileCurrency: string;
}

/** Whether a row's amounts are in the workspace's currency; where they are not, the draft has the reason. */
export type InHomeCurrency = (values: RowValues, draft: RowDraft) => boolean;

/** Almost every file is in one currency: only a change of it is looked up. */
export function currencyReader({ reader, currency: home, fileCurrency }: CurrencySetup): InHomeCurrency {
  const isNamed = reader.has('currency');
  return (values, draft) => {
    const named = isNamed ? reader.text('currency', values, draft) : '';
    const code = named === '' ? fileCurrency : named;
    if (code === home) return true;
    const found = currencyNamed(code, home);
    if (found === 'home') return true;
    const about = { field: 'currency', ...(named === '' ? {} : { from: named }) };
    if (found === 'other')
      reject(draft, 'other_currency', otherCurrencyWords(code.toUpperCase(), home), about);
    else reject(draft, 'bad_currency', `"${named}" is not a currency code.`, about);
    return false;
  };
}
