import { AppError, notFound } from '../platform/errors.ts';

export const noPerson = (person: number) => notFound('customer', person);
export const noDecision = (id: string) => notFound('decision', id);
export const noDuplicate = (id: string) => notFound('duplicate', id);

export const unknownType = (type: string, known: readonly string[]) =>
  new AppError({
    code: 'identity.unknown_type',
    status: 400,
    detail: `"${type}" is no type of identifier; there are: ${known.join(', ')}.`,
    fields: { type: 'is no type of identifier' },
  });

export const notOfOne = (person: number) =>
  new AppError({
    code: 'identity.not_of_one',
    status: 409,
    detail: `The two identifiers are not both of customer ${person}; load the page anew.`,
  });

export const alreadyOne = () =>
  new AppError({
    code: 'identity.already_one',
    status: 409,
    detail: 'Both numbers stand for the same customer already.',
  });

export const rulesChanged = () =>
  new AppError({
    code: 'identity.rules_changed',
    status: 409,
    detail: 'Somebody changed the rules in the meantime; look at them, then save yours.',
  });
