import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

/** An object of the test's storage. */
export interface TestObject {
  body: Buffer;
  changedAt: number;
}

/**
 * A small storage that speaks the S3 API as far as we use it: it lists and gives objects, and refuses who does not sign
 * by the rules. It stands in for a real one, of which none installs quickly; the signature is checked by code of its
 * own, as the storages' documents say.
 */
export async function startS3(account: {
  accessKey: string;
  secret: string;
  region: string;
  bucket: string;
}) {
  const objects = new Map<string, TestObject>();
  /** Keys of a page of a listing. */
  const pageSize = 3;
  let silent = false;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    if (silent) return;
    const url = new URL(request.url ?? '/', 'http://storage');
    asked.push(request.url ?? '');
    const refuse = (status: number, code: string) =>
      response
        .writeHead(status, { 'content-type': 'application/xml' })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>secret things</Message></Error>`);
    if (!isSigned(request, account)) return refuse(403, 'SignatureDoesNotMatch');
    const [bucket, ...rest] = url.pathname.slice(1).split('/');
    if (bucket !== account.bucket) return refuse(404, 'NoSuchBucket');
    const key = decodeURIComponent(rest.join('/'));
    if (key !== '') {
      const object = objects.get(key);
      if (!object) return refuse(404, 'NoSuchKey');
      return response.writeHead(200, { 'content-length': object.body.length }).end(object.body);
    }
    const prefix = url.searchParams.get('prefix') ?? '';
    const after = url.searchParams.get('continuation-token') ?? '';
    const keys = [...objects.keys()].filter((k) => k.startsWith(prefix) && k > after).sort();
    const page = keys.slice(0, pageSize);
    const isTruncated = keys.length > page.length;
    response.writeHead(200, { 'content-type': 'application/xml' }).end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${
        isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
      }${page
        .map((k) => {
          const { body, changedAt } = objects.get(k)!;
          return `<Contents><Key>${encodeURIComponent(k).replaceAll('%20', '+')}</Key><LastModified>${new Date(changedAt).toISOString()}</LastModified><ETag>&quot;${createHash('md5').update(body).digest('hex')}&quot;</ETag><Size>${body.length}</Size></Contents>`;
        })
        .join('')}</ListBucketResult>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    asked,
    /** From now on nothing is answered, or all is again. */
    beSilent: (is: boolean) => {
      silent = is;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function isSigned(
  request: IncomingMessage,
  { accessKey, secret, region }: { accessKey: string; secret: string; region: string },
): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;
  const [, key, day, inRegion, names = '', signature] = form.exec(request.headers.authorization ?? '') ?? [];
  const moment = String(request.headers['x-amz-date'] ?? '');
  if (key !== accessKey || inRegion !== region || !moment.startsWith(day ?? '-')) return false;
  const sent = Date.parse(moment.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sent) < 15 * 60_000)) return false;
  if (!names.split(';').includes('host') || !names.split(';').includes('x-amz-date')) return false;
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `${request.method}\n${path}\n${search.split('&').sort().join('&')}\n${names
    .split(';')
    .map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}\n`)
    .join('')}\n${names}\n${String(request.headers['x-amz-content-sha256'])}`;
  const sign = (k: Buffer | string, text: string) => createHmac('sha256', k).update(text).digest();
  const signing = sign(sign(sign(sign(`AWS4${secret}`, day!), region), 's3'), 'aws4_request');
  const toSign = `AWS4-HMAC-SHA256\n${moment}\n${day}/${region}/s3/aws4_request\n${hash(canonical)}`;
  return sign(signing, toSign).toString('hex') === signature;
}
