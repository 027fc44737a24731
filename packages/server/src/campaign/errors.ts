import { AppError } from '../platform/errors.ts';

/** A template that cannot be sent, with the part it is in. */
export function badTemplate(field: string, why: string): AppError {
  return new AppError({
    code: 'campaign.bad_template',
    status: 400,
    detail: `The e-mail cannot be sent like this: ${why}`,
    fields: { [field]: why },
  });
}

/** Mail cannot leave this installation until its operator says through which server. */
export function noMailServer(): AppError {
  return new AppError({
    code: 'campaign.no_mail_server',
    status: 409,
    detail:
      'No mail server is set: start the server with QM_SMTP_URL (for example smtps://user:password@smtp.example.com) and QM_MAIL_FROM.',
  });
}

/** What was asked needs the campaign in another state. */
export function wrongState(state: string, may: string, what: string): AppError {
  return new AppError({
    code: 'campaign.wrong_state',
    status: 409,
    detail: `The campaign is ${state}; only a campaign that is ${may} can be ${what}.`,
  });
}

/** Someone else changed the draft since it was looked at. */
export function changedMeanwhile(by: string, at: string): AppError {
  return new AppError({
    code: 'campaign.changed',
    status: 409,
    detail: `"${by}" changed the campaign at ${at}; look at it again.`,
  });
}

/** Something the campaign needs before it can be sent. */
export function incomplete(field: string, why: string): AppError {
  return new AppError({ code: 'campaign.incomplete', status: 409, detail: why, fields: { [field]: why } });
}

/** The audience is no longer what was looked at. */
export function reachChanged(confirmed: number, reach: number): AppError {
  return new AppError({
    code: 'campaign.reach_changed',
    status: 409,
    detail: `The audience is now ${reach} people, not ${confirmed}; look at it again and confirm.`,
    fields: { confirmReach: `is ${reach} now` },
  });
}

/** Why one recipient's message could not be made or sent; the campaign goes on. */
export class RecipientFault extends Error {
  override name = 'RecipientFault';
}
