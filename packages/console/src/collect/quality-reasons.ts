import type { QualityScore } from '@qianmian/contract';
import type { Search } from '../shell/address.ts';
import { knownQuarantine, type QuarantineReason } from './reasons.ts';

const PLAIN = [
  'repeated',
  'late',
  'day_late',
  'empty_value',
  'unknown_product',
  'unknown_store',
  'no_customer',
] as const;
type Plain = (typeof PLAIN)[number];
export type ReasonWords =
  | { kind: 'plain'; of: Plain }
  | { kind: 'held' | 'rejected' | 'warned'; of: QuarantineReason | null; code: string };

/** What a reason of quality is, for its words: `held:bad_line` is about messages that are held. */
export function reasonParts(reason: string): ReasonWords | null {
  const plain = PLAIN.find((one) => one === reason);
  if (plain) return { kind: 'plain', of: plain };
  const [, kind, code = ''] = /^(held|rejected|warned):(.*)$/.exec(reason) ?? [];
  if (kind !== 'held' && kind !== 'rejected' && kind !== 'warned') return null;
  return { kind, of: knownQuarantine(code), code };
}

/** Where the messages behind a reason are. */
export function behindReason(reason: string, source?: string): { path: string; search: Search } {
  const parts = reasonParts(reason);
  if (parts?.kind === 'held') return { path: '/quarantine', search: { reason: parts.code, source } };
  if (parts?.kind === 'rejected') return { path: '/events', search: { outcome: 'rejected', source } };
  if (parts?.kind === 'warned') return { path: '/events', search: { reason: parts.code, source } };
  if (reason === 'repeated') return { path: '/events', search: { outcome: 'repeated', source } };
  if (reason === 'late' || reason === 'day_late')
    return { path: '/events', search: { reason: 'late', source } };
  return { path: '/events', search: { source } };
}

/** The reason most points are lost by. */
export function mostLost(score: QualityScore): { reason: string; lost: number } | null {
  const all = score.parts.flatMap((part) => part.reasons).sort((a, b) => b.lost - a.lost);
  return all[0] && all[0].lost >= 0.05 ? all[0] : null;
}
