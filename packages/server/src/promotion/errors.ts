import { AppError } from '../platform/errors.ts';

/** Why a code does not count; each has an error of its own. */
export type Refusal =
  | 'promotion.code_unknown'
  | 'promotion.already_redeemed'
  | 'promotion.not_yet'
  | 'promotion.finished'
  | 'promotion.minimum_not_reached';

/** Why a basket is not looked at. */
type Unreadable = 'promotion.other_currency';

const STATUS: Record<Refusal | Unreadable, number> = {
  'promotion.code_unknown': 404,
  'promotion.already_redeemed': 409,
  'promotion.other_currency': 409,
  'promotion.not_yet': 409,
  'promotion.finished': 409,
  'promotion.minimum_not_reached': 409,
};

/** The error of a code that does not count; `why` names the rule and the bad value. */
export function refused(refusal: Refusal | Unreadable, why: string): AppError {
  return new AppError({ code: refusal, status: STATUS[refusal], detail: why });
}

/** A coupon whose codes are with customers cannot become less than was promised. */
export function promised(fields: Record<string, string>): AppError {
  return new AppError({
    code: 'promotion.codes_issued',
    status: 409,
    detail: `Codes of this coupon are with customers, so what was promised stays: ${Object.entries(fields)
      .map(([field, why]) => `${field} ${why}`)
      .join('; ')}. Create another coupon instead.`,
    fields,
  });
}

/** A coupon that something still needs cannot be deleted. */
export function inUse(by: readonly { name: string }[]): AppError {
  return new AppError({
    code: 'promotion.in_use',
    status: 409,
    detail: `The coupon is used by ${by.map((u) => `"${u.name}"`).join(', ')}; take it out there first.`,
  });
}
