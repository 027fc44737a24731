import type { AudiencePreview } from '@qianmian/contract';

/** A person of the segment as far as mail is concerned. */
export interface Contact {
  personId: number;
  email: string;
  name: string;
  /** What they said last; who said nothing has not agreed. */
  hasConsent: boolean;
}

export type Exclusion = AudiencePreview['excluded'][number]['reason'];

/** Who is written to, and who not by the first reason that holds. */
export interface Audience {
  reached: Contact[];
  excluded: Record<Exclusion, number>;
}

/** The order in which reasons are looked at; someone with several is counted under the first. */
export const EXCLUSIONS: readonly Exclusion[] = ['noEmail', 'badAddress', 'noConsent', 'duplicateAddress'];

/** Parts an audience: one person per address keeps it, the one known longest (the lowest id). */
export function partAudience(contacts: readonly Contact[]): Audience {
  const audience: Audience = {
    reached: [],
    excluded: { noEmail: 0, badAddress: 0, noConsent: 0, duplicateAddress: 0 },
  };
  const taken = new Set<string>();
  for (const contact of [...contacts].sort((a, b) => a.personId - b.personId)) {
    const email = contact.email.trim().toLowerCase();
    const reason = exclusionOf(email, contact.hasConsent, taken);
    if (reason) audience.excluded[reason] += 1;
    else {
      taken.add(email);
      audience.reached.push({ ...contact, email });
    }
  }
  return audience;
}

function exclusionOf(email: string, hasConsent: boolean, taken: ReadonlySet<string>): Exclusion | null {
  if (email === '') return 'noEmail';
  if (!isAddress(email)) return 'badAddress';
  if (!hasConsent) return 'noConsent';
  return taken.has(email) ? 'duplicateAddress' : null;
}

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** Whether an address in lower case is one that mail can be sent to: plain ASCII, no quoting, a full domain. */
export function isAddress(email: string): boolean {
  const at = email.lastIndexOf('@');
  if (at < 1 || at > 64 || email.length > 254) return false;
  return LOCAL.test(email.slice(0, at)) && DOMAIN.test(email.slice(at + 1));
}

/** With fewer people on a side no number of buyers makes a comparison of sales firm. */
const LEAST_GROUP = 20;

/** What an operator should know before launch; codes that the console puts into words. */
export function warningsOf(
  reach: number,
  split: { treated: number; control: number },
  has: { mailServer: boolean; couponFinished: boolean },
): string[] {
  const warnings: string[] = [];
  if (reach === 0) warnings.push('nobody');
  else if (split.control === 0) warnings.push('noControl');
  else if (Math.min(split.control, split.treated) < LEAST_GROUP) warnings.push('tinyGroup');
  else if (split.control < 100) warnings.push('smallControl');
  if (!has.mailServer) warnings.push('noMailServer');
  if (has.couponFinished) warnings.push('couponFinished');
  return warnings;
}
