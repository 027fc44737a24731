import { expect, test } from 'vitest';
import { globOf } from './glob.ts';
import { signedHeaders } from './signature-v4.ts';

const EXAMPLE = {
  method: 'GET',
  host: 'examplebucket.s3.amazonaws.com',
  region: 'us-east-1',
  now: Date.UTC(2013, 4, 24),
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

// Amazon S3 API reference, "Examples: signature calculations in AWS Signature Version 4".
test('requests are signed as the published examples are', () => {
  const object = signedHeaders({ ...EXAMPLE, path: '/test.txt', query: {} }, { range: 'bytes=0-9' });
  expect(object.authorization).toMatch(/=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41$/);
  const list = signedHeaders({ ...EXAMPLE, path: '/', query: { prefix: 'J', 'max-keys': '2' } });
  expect(list.authorization).toMatch(/=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/);
});

test('a pattern means folders and names, and nothing of a regular expression', () => {
  const matches = (pattern: string, path: string) => globOf(pattern).matches(path);
  expect(matches('orders/2026-*.csv', 'orders/2026-01.csv')).toBe(true);
  expect(matches('orders/2026-*.csv', 'orders/2026-01/x.csv')).toBe(false);
  expect(matches('lake/**/x.parquet', 'lake/x.parquet')).toBe(true);
  expect(matches('lake/**.parquet', 'lake/a/b.parquet')).toBe(true);
  expect(matches('a.b+(c)', 'aXb+(c)')).toBe(false);
  expect(matches('a.b+(c)', 'a.b+(c)')).toBe(true);
  expect(globOf('orders/2026-*').prefix).toBe('orders/2026-');
});
