import { AppError, notFound } from '../platform/errors.ts';

export const noCustomer = (person: number) => notFound('customer', person);
export const noTag = (name: string) => notFound('tag', name);

export const badCursor = () =>
  new AppError({
    code: 'request.bad_cursor',
    status: 400,
    detail: 'The cursor is not one this list gave out; begin without one.',
    fields: { cursor: 'is not one this list gave out' },
  });
