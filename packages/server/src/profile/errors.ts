import { AppError, notFound } from '../platform/errors.ts';

export const noCustomer = (person: number) => notFound('customer', person);
export const noTag = (name: string) => notFound('tag', name);

/** The order of names tells them, as any comparison would. */
export const maskedSort = () =>
  new AppError({
    code: 'customer.masked_sort',
    status: 403,
    detail: 'Names are masked for your role, and their order would tell them: sort by something else.',
    fields: { sort: 'must not be "name" for your role' },
  });
