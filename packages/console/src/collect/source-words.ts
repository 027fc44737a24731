import type { ClientKey, HookMapping, HookPresetName, Source } from '@qianmian/contract';
import { hookMapping } from '@qianmian/contract';
import type { Tone } from '../ui/index.ts';

export const SOURCE_TONES: Record<Source['state'], Tone> = {
  active: 'good',
  paused: 'quiet',
  failing: 'bad',
};

/** Hours for which a replaced key or secret is still taken. */
export const GRACES = [0, 1, 24, 168, 720] as const;

/** Senders that give the secret themselves: one of ours would sign nothing. */
export const GIVES_SECRET = ['shopify', 'sendgrid', 'mailgun', 'twilio-sms'] as const;

/** Why calls are refused, as a source's last error begins. */
export const REFUSALS = ['missing_signature', 'wrong_signature', 'old_signature'] as const;

/** The code and the sentence of an error as a source keeps it. */
export function partedError(error: string): { code: string; detail: string } {
  const [, code = '', detail = error] = /^(\w+): (.*)$/s.exec(error) ?? [];
  return { code, detail };
}

/** What sends: a page or app by its key, a server by its own, a service that calls, or a place that we read. */
export function senderOf({ kind, hook, client }: Source): 'client' | 'server' | 'pull' | HookPresetName {
  if (kind === 'pull') return 'pull';
  return hook?.preset ?? (client ? 'client' : 'server');
}

/** What of a key for pages counts. */
export function countsOf({ orders, consent }: ClientKey): 'both' | 'orders' | 'consent' | 'neither' {
  if (orders) return consent ? 'both' : 'orders';
  return consent ? 'consent' : 'neither';
}

export interface MappingFault {
  /** Where: `rules.0.messages.0.event`; empty for the text as a whole. */
  path: string;
  text: string;
}

/** A mapping as it was typed: read, or with what is wrong and where. */
export function readMapping(typed: string): { mapping: HookMapping } | { faults: MappingFault[] } {
  let json: unknown;
  try {
    json = JSON.parse(typed);
  } catch (error) {
    return { faults: [{ path: '', text: error instanceof Error ? error.message : String(error) }] };
  }
  const read = hookMapping.safeParse(json);
  if (read.success) return { mapping: read.data };
  return {
    faults: read.error.issues
      .slice(0, 20)
      .map((issue) => ({ path: issue.path.join('.'), text: issue.message })),
  };
}

/** Headers as they are typed, one a line: `X-Shopify-Topic: orders/create`. */
export function readHeaders(typed: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of typed.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return headers;
}

export function writeHeaders(headers: Record<string, string>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** Where a service calls; who cannot sign has the secret in the address. */
export function hookAddress(origin: string, hook: NonNullable<Source['hook']>, secret: string): string {
  const inAddress = hook.check.kind === 'token' && hook.check.header === undefined;
  return `${origin}${hook.path}${inAddress ? `/${secret}` : ''}`;
}
