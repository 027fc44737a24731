import { isSigned, sign } from '../platform/secret.ts';

/** What a tracking address is for. An address of one kind is no address of another. */
export type TokenKind = 'open' | 'click' | 'leave';

/** Which message a token is of, and for clicks which link. */
export interface Token {
  campaignId: string;
  personId: number;
  link: number;
}

/** A token for an address in a message: signed, so that nobody makes one up, and without anything about the person. */
export function makeToken(secret: Buffer, kind: TokenKind, token: Token): string {
  const value = `${token.campaignId}.${token.personId.toString(36)}.${token.link.toString(36)}`;
  return `${value}.${sign(secret, `${kind}:${value}`)}`;
}

/** What a token says; null for anything that is not one of ours. */
export function readToken(secret: Buffer, kind: TokenKind, text: string): Token | null {
  const found = /^([0-9a-f-]{36})\.([0-9a-z]{1,7})\.([0-9a-z]{1,4})\.([\w-]{22})$/.exec(text);
  if (!found) return null;
  const [, campaignId, person, link, signature] = found as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!isSigned(secret, `${kind}:${campaignId}.${person}.${link}`, signature)) return null;
  return { campaignId, personId: Number.parseInt(person, 36), link: Number.parseInt(link, 36) };
}

/** The same for a message however often it is made, and without anything about the person. */
export function messageIdOf(secret: Buffer, campaignId: string, personId: number, host: string): string {
  return `<${sign(secret, `message:${campaignId}.${personId}`)}@${host}>`;
}
