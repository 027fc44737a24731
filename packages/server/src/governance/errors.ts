import { AppError, TryLater } from '../platform/errors.ts';

export const tooManyTries = (detail: string, seconds: number) =>
  new TryLater({ code: 'auth.too_many_tries', status: 429, detail }, seconds);

/** Somebody who sees personal data masked asked for too many values that are nobody's. */
export class TooManyGuesses extends TryLater {
  readonly isFirst: boolean;
  constructor(seconds: number, isFirst: boolean) {
    super(
      {
        code: 'customer.too_many_guesses',
        status: 429,
        detail:
          'Too many values were looked for that are nobody\'s; wait a minute. The permission "customer.reveal" has no such limit.',
      },
      seconds,
    );
    this.isFirst = isFirst;
  }
}

export const wrongPassword = () =>
  new AppError({
    code: 'auth.wrong_password',
    status: 401,
    detail: 'The e-mail or the password is not right.',
  });

export const wrongCurrentPassword = () =>
  new AppError({
    code: 'auth.wrong_password',
    status: 400,
    detail: 'The current password is not right.',
    fields: { current: 'is not right' },
  });

export const passwordTooShort = (fault: string) =>
  new AppError({
    code: 'auth.short_password',
    status: 400,
    detail: `The new password ${fault}.`,
    fields: { password: fault },
  });

export const noWorkspace = () =>
  new AppError({
    code: 'auth.no_workspace',
    status: 403,
    detail:
      'This account belongs to no workspace any more; ask an owner or administrator to invite you again.',
  });

export const accountsOnly = () =>
  new AppError({
    code: 'auth.accounts_only',
    status: 403,
    detail: 'Only a person who signed in has a password.',
  });

export const forbidden = (detail: string) => new AppError({ code: 'auth.forbidden', status: 403, detail });

export const memberExists = (email: string) =>
  new AppError({
    code: 'member.exists',
    status: 409,
    detail: `"${email}" is a member already; change the role in the list of members.`,
  });

export const lastOwner = () =>
  new AppError({
    code: 'member.last_owner',
    status: 409,
    detail: 'This is the only owner; make someone else an owner first.',
  });

export const ownersOnly = (workspace: string) =>
  new AppError({
    code: 'member.owners_only',
    status: 403,
    detail: `Only an owner of "${workspace}" may add, change or remove owners.`,
  });

export const memberElsewhere = () =>
  new AppError({
    code: 'member.elsewhere',
    status: 409,
    detail:
      'This person also belongs to workspaces you do not manage, or runs the server; whoever runs it can make the link with "npx qianmian owner-password --email …".',
  });

export const accountExists = (email: string) =>
  new AppError({
    code: 'member.has_account',
    status: 409,
    detail: `"${email}" has got an account meanwhile; open the link again and enter its password.`,
  });

export const linkOver = () =>
  new AppError({
    code: 'auth.link_over',
    status: 410,
    detail: 'This link was used, withdrawn or has run out; ask for a new one.',
  });

export const workspaceOwnersOnly = () =>
  new AppError({
    code: 'workspace.owners_only',
    status: 403,
    detail: 'Only who owns a workspace already may create another.',
  });

export const currencyFixed = (workspace: string, currency: string) =>
  new AppError({
    code: 'workspace.currency_fixed',
    status: 409,
    detail: `There are amounts in "${currency}" in this workspace and nothing is converted, so "${workspace}" keeps that currency; make a new workspace for another.`,
    fields: { currency: 'is fixed: there are amounts in it' },
  });
