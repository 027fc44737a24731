import { createHash } from 'node:crypto';
import { addDays, dayIn, type FindingReason, type FindingStep } from '@qianmian/contract';
import { deviationsFrom, rangesBeyond, seasonalUsual, usualByMad } from '@qianmian/science/robust';
import { grouped } from '../grouped.ts';
import type { PastParts, StoredTrait } from './past.ts';
import { alikePairs } from './similar.ts';
import type { CleaningWarehouse, GroupedValue, ImpossibleLine, LineFound } from './store.ch.ts';
import type { FindingRow } from './store.pg.ts';

/** Something found; what of a finding is not yet of a workspace, and not decided. */
export type Found = Pick<
  FindingRow,
  | 'id'
  | 'step'
  | 'kind'
  | 'code'
  | 'subject'
  | 'key'
  | 'line'
  | 'field'
  | 'value'
  | 'reason'
  | 'label'
  | 'person_id'
  | 'source'
  | 'at'
  | 'weight'
>;

/** Findings of one step that are put before people; how many there are in all is said beside. */
export const MOST_FOUND = 2000;
/** Days that are looked at for days that stand out, up to the last on which a source sold. */
const SEASON_DAYS = 400;

const FIELD_OF_RULE: Record<ImpossibleLine, string> = {
  price_not_positive: 'unitPriceCents',
  quantity_not_positive: 'quantity',
  discount_over_price: 'discountCents',
  order_in_future: '',
};

const NO_REASON: Omit<FindingReason, 'code'> = {
  ...{ value: null, usual: null, times: null, score: null, cases: null, other: '', currency: '' },
};

/** JSON has no word for what lies beyond every number. */
const finiteOrNull = (value: number | null) => (Number.isFinite(value) ? value : null);

function found(step: FindingStep, given: Omit<Found, 'id' | 'step' | 'kind' | 'code'>): Found {
  const { score, times } = given.reason;
  const one = {
    ...given,
    reason: { ...given.reason, score: finiteOrNull(score), times: finiteOrNull(times) },
  };
  const { code } = one.reason;
  const named = JSON.stringify([
    step.id,
    code,
    one.subject,
    one.key,
    one.line,
    one.field,
    one.value,
    one.reason.other,
  ]);
  return {
    ...one,
    ...{
      id: createHash('sha256').update(named).digest('hex').slice(0, 32),
      step: step.id,
      kind: step.kind,
      code,
    },
  };
}

function ofLine(row: LineFound, field: string, reason: FindingReason, weight: number, label: string) {
  const isOrder = field === '';
  return {
    ...{
      subject: isOrder ? ('order' as const) : ('line' as const),
      key: row.order_id,
      field,
      reason,
      weight,
      label,
    },
    line: isOrder ? '' : `${row.line_kind}\n${row.line_id}`,
    value: JSON.stringify(isOrder ? null : row.value),
    ...{ person_id: row.person_id || null, source: row.source, at: new Date(row.time) },
  };
}

/** Goes through what is stored with one finding step; answers what is most striking, and how many there are in all. */
export async function findBy(
  parts: PastParts,
  workspace: string,
  step: FindingStep,
  { now, timeZone }: { now: number; timeZone: string },
): Promise<{ found: Found[]; total: number }> {
  if (step.kind === 'impossible') return impossible(parts, workspace, step, now);
  if (step.kind === 'outlier') return outliers(parts.warehouse, workspace, step);
  if (step.kind === 'season') return days(parts.warehouse, workspace, step, now, timeZone);
  if (step.kind === 'similar') return similarProducts(parts.warehouse, workspace, step);
  const rows = await parts.warehouse.repeatedOrders(workspace, step.minutes, MOST_FOUND);
  return {
    found: rows.map((row) =>
      found(step, {
        ...{
          subject: 'order',
          key: row.order_id,
          line: '',
          field: '',
          value: JSON.stringify(row.total),
          label: '',
        },
        ...{ person_id: row.person_id, source: row.source, at: new Date(row.time), weight: row.total },
        reason: {
          ...{ ...NO_REASON, code: 'repeated', value: row.gap, usual: row.total },
          ...{ other: row.other, currency: row.currency },
        },
      }),
    ),
    total: rows.length,
  };
}

async function impossible(
  { warehouse, traits }: PastParts,
  workspace: string,
  step: Extract<FindingStep, { kind: 'impossible' }>,
  now: number,
): Promise<{ found: Found[]; total: number }> {
  const out: { found: Found[]; total: number } = { found: [], total: 0 };
  for (const rule of step.rules) {
    if (rule === 'birthday' || rule === 'bad_phone' || rule === 'bad_email') {
      const odd = await traits.odd(workspace, rule, now, MOST_FOUND);
      out.total += odd.total;
      for (const one of odd.traits) out.found.push(oddTrait(step, rule, one));
      continue;
    }
    const { rows, total } = await warehouse.impossibleLines(workspace, rule, now, MOST_FOUND);
    out.total += total;
    const orders = new Set<string>();
    for (const [i, row] of rows.entries()) {
      const field = FIELD_OF_RULE[rule];
      if (field === '' && orders.has(row.order_id)) continue;
      orders.add(row.order_id);
      const reason = {
        ...NO_REASON,
        code: rule,
        value: field === '' ? null : row.value,
        currency: row.currency,
      };
      out.found.push(found(step, ofLine(row, field, reason, rows.length - i, row.product_id)));
    }
  }
  return out;
}

function oddTrait(step: FindingStep, code: string, one: StoredTrait): Found {
  return found(step, {
    ...{
      subject: 'trait',
      key: String(one.anchor),
      line: one.name,
      field: one.name,
      value: JSON.stringify(one.value),
    },
    ...{ reason: { ...NO_REASON, code }, label: '', person_id: one.personId, source: one.source },
    ...{ at: new Date(one.time), weight: 0 },
  });
}

interface Odd extends GroupedValue {
  usual: number;
  times: number;
  score: number;
  cases: number;
}

/** Values that stand out of their group on the scale of logarithms: prices and amounts spread by factors. */
export function oddValues(
  values: readonly GroupedValue[],
  {
    method,
    threshold,
    times,
    fewest,
  }: Pick<Extract<FindingStep, { kind: 'outlier' }>, 'method' | 'threshold' | 'times' | 'fewest'>,
): Odd[] {
  const out: Odd[] = [];
  for (const group of grouped(values, (one) => `${one.grp}\n${one.currency}`).values()) {
    const cases = group.reduce((sum, one) => sum + one.n, 0);
    if (cases < fewest) continue;
    const logs = Float64Array.from(group, (one) => Math.log(one.value));
    const weights = Float64Array.from(group, (one) => one.n);
    const usual = usualByMad(logs, weights);
    const scoreOf =
      method === 'mad' ? (log: number) => deviationsFrom(log, usual) : rangesBeyond(logs, weights);
    for (const [i, one] of group.entries()) {
      const factor = Math.exp(logs[i]! - usual.centre);
      const score = scoreOf(logs[i]!);
      if (Math.abs(score) > threshold && Math.max(factor, 1 / factor) >= times)
        out.push({
          ...one,
          usual: Math.exp(usual.centre),
          times: factor,
          score: Number.isFinite(score) ? score : 1e6 * Math.sign(score),
          cases,
        });
    }
  }
  return out.sort((a, b) => Math.abs(Math.log(b.times)) - Math.abs(Math.log(a.times)));
}

async function outliers(
  warehouse: CleaningWarehouse,
  workspace: string,
  step: Extract<FindingStep, { kind: 'outlier' }>,
): Promise<{ found: Found[]; total: number }> {
  const odd = oddValues(await warehouse.groupedValues(workspace, step.measure, step.by), step);
  const total = odd.reduce((sum, one) => sum + one.n, 0);
  const shown = odd.slice(0, MOST_FOUND);
  if (shown.length === 0) return { found: [], total };
  const rows = await warehouse.linesWithValues(
    workspace,
    step.measure,
    step.by,
    {
      grps: shown.map((one) => one.grp),
      currencies: shown.map((one) => one.currency),
      values: shown.map((one) => one.value),
    },
    MOST_FOUND,
  );
  const why = new Map(shown.map((one) => [`${one.grp}\n${one.currency}\n${one.value}`, one]));
  return {
    found: rows.flatMap((row) => {
      const one = why.get(`${row.grp}\n${row.currency}\n${row.value}`);
      if (!one) return [];
      const { value, usual, times, score, cases, currency } = one;
      const reason = {
        ...NO_REASON,
        code: `outlier_${step.measure}`,
        value,
        usual,
        times,
        score,
        cases,
        currency,
      };
      reason.other = step.by === 'category' ? one.grp : '';
      return [found(step, ofLine(row, step.measure, reason, Math.abs(Math.log(times)), row.product_id))];
    }),
    total,
  };
}

async function days(
  warehouse: CleaningWarehouse,
  workspace: string,
  step: Extract<FindingStep, { kind: 'season' }>,
  now: number,
  timeZone: string,
): Promise<{ found: Found[]; total: number }> {
  const rows = await warehouse.dailySales(workspace, timeZone, SEASON_DAYS, now);
  const today = dayIn(timeZone, now);
  const out: Found[] = [];
  for (const [source, known] of grouped(rows, (row) => row.source)) {
    const first = known[0]!.day;
    const byDay = new Map(known.map((row) => [row.day, row[step.measure]]));
    const series: string[] = [];
    const last = known.at(-1)!.day;
    // Today is not over; a source that fell silent is an alert of quality, not a day that stands out.
    for (let day = first; day <= last && day < today; day = addDays(day, 1)) series.push(day);
    const values = Float64Array.from(series, (day) => byDay.get(day) ?? 0);
    const { centre, spread } = seasonalUsual(values, { period: 7, around: step.weeks });
    for (const [i, day] of series.entries()) {
      const score = (values[i]! - centre[i]!) / spread[i]!;
      if (!(Math.abs(score) > step.threshold)) continue;
      const reason = {
        ...{ ...NO_REASON, code: `day_${step.measure}`, value: values[i]!, usual: centre[i]!, score },
        times: centre[i]! > 0 ? values[i]! / centre[i]! : null,
      };
      out.push(
        found(step, {
          ...{
            subject: 'day',
            key: day,
            line: source,
            field: step.measure,
            value: JSON.stringify(values[i]),
            reason,
          },
          ...{ label: '', person_id: null, source, at: null, weight: Math.abs(score) },
        }),
      );
    }
  }
  out.sort((a, b) => b.weight - a.weight);
  return { found: out.slice(0, MOST_FOUND), total: out.length };
}

async function similarProducts(
  warehouse: CleaningWarehouse,
  workspace: string,
  step: Extract<FindingStep, { kind: 'similar' }>,
): Promise<{ found: Found[]; total: number }> {
  const [products, sold] = await Promise.all([
    warehouse.productNames(workspace),
    warehouse.soldLines(workspace),
  ]);
  const linesOf = new Map(sold.map((row) => [row.product_id, row.n]));
  const pairs = alikePairs(
    products.map((one) => one.name),
    step.similarity,
    10 * MOST_FOUND,
  );
  const out = pairs.map(({ a, b, similarity }) => {
    // What was sold more often stays.
    const [more, fewer] = [products[a]!, products[b]!].sort(
      (x, y) => (linesOf.get(y.product_id) ?? 0) - (linesOf.get(x.product_id) ?? 0),
    ) as [(typeof products)[0], (typeof products)[0]];
    return found(step, {
      ...{ subject: 'product', key: fewer.product_id, line: '', field: 'productId', label: fewer.name },
      ...{ value: JSON.stringify(fewer.product_id), person_id: null, source: '', at: null },
      weight: similarity * 1000 + Math.log1p(linesOf.get(fewer.product_id) ?? 0),
      reason: { ...NO_REASON, code: 'similar', score: similarity, other: more.product_id },
    });
  });
  out.sort((a, b) => b.weight - a.weight);
  return { found: out.slice(0, MOST_FOUND), total: out.length };
}
