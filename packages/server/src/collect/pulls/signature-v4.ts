import { createHash, createHmac } from 'node:crypto';

/** What an AWS Signature Version 4 is made of; `path` is encoded, `query` is not. */
export interface ToSign {
  method: string;
  host: string;
  path: string;
  query: Record<string, string>;
  region: string;
  /** Milliseconds since the epoch. */
  now: number;
  accessKey: string;
  secret: string;
}

const EMPTY = createHash('sha256').update('').digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** Encodes as the signature wants it: all but letters, digits and `-._~`. */
export const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The query as it is signed and sent. */
export function queryText(query: Record<string, string>): string {
  return Object.entries(query)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
}

/**
 * Headers that sign a request without a body: AWS Signature Version 4, as object storages take it
 * (docs.aws.amazon.com, "Signature Version 4 signing process"; the test holds its published example).
 */
export function signedHeaders(to: ToSign, more: Record<string, string> = {}): Record<string, string> {
  const moment = new Date(to.now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${moment.slice(0, 8)}/${to.region}/s3/aws4_request`;
  const headers: Record<string, string> = {
    ...more,
    host: to.host,
    'x-amz-content-sha256': EMPTY,
    'x-amz-date': moment,
  };
  const names = Object.keys(headers).sort();
  const signed = names.join(';');
  const request = [
    ...[to.method, to.path, queryText(to.query)],
    ...names.map((name) => `${name}:${headers[name]!.trim()}`),
    ...['', signed, EMPTY],
  ].join('\n');
  const toSign = `AWS4-HMAC-SHA256\n${moment}\n${scope}\n${createHash('sha256').update(request).digest('hex')}`;
  const key = [scope.slice(0, 8), to.region, 's3', 'aws4_request'].reduce<Buffer | string>(
    hmac,
    `AWS4${to.secret}`,
  );
  const signature = hmac(key, toSign).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${to.accessKey}/${scope},SignedHeaders=${signed},Signature=${signature}`,
  };
}
