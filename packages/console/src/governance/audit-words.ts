import type { TFunction } from 'i18next';

/** `coupon.create` as "Created a coupon"; as it is where we have no words for it. */
export function actionWords(action: string, t: TFunction<'governance'>): string {
  const [noun = '', verb = ''] = action.split('.');
  const word = (key: string) =>
    (t as (key: string, options: { defaultValue: string }) => string)(key, { defaultValue: '' });
  const [thing, pattern] = [word(`audit.thing.${noun}`), word(`audit.verb.${verb}`)];
  return thing && pattern ? pattern.replace('{thing}', thing) : action;
}

/** The details of an entry in one line: `role: operator · name: Till`. */
export function detailLine(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
