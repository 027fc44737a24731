import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { encodingNamed, openScales } from './unpack.ts';

const MEGABYTE = 1024 * 1024;
const small = gzipSync(JSON.stringify({ note: 'x'.repeat(300) }));

it('Many small bodies are read at once, packed or not, within packing of another kind or not', async () => {
  const weighed = openScales({ atOnce: MEGABYTE, patienceMs: 60_000 });
  const inner = Buffer.from(small.toString('base64'));
  let atOnce = 0;
  let most = 0;
  const read = (body: Buffer, within: () => Buffer) =>
    weighed(body, async (unpack) => {
      most = Math.max(most, ++atOnce);
      const bytes = await unpack(within());
      await sleep(1);
      atOnce -= 1;
      return bytes?.length;
    });
  const lengths = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      i % 2 === 0 ? read(small, () => small) : read(inner, () => Buffer.from(inner.toString(), 'base64')),
    ),
  );
  expect(new Set(lengths)).toEqual(new Set([311]));
  expect(most).toBeGreaterThan(100);
});

it('What finds no room waits for it, and is refused after its time', async () => {
  const weighed = openScales({ atOnce: MEGABYTE, patienceMs: 300 });
  let end = () => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const first = weighed(Buffer.alloc(MEGABYTE), () => held);
  await expect(weighed(Buffer.alloc(10), async () => 'in')).rejects.toMatchObject({ status: 503 });
  const second = weighed(Buffer.alloc(10), async () => 'in');
  end();
  await first;
  expect(await second).toBe('in');
});

it('More than is read is too large, whatever gzip says of itself; what is cut is null', async () => {
  const unzip = (bytes: Buffer, limit?: number) => openScales({ limit })(bytes, (unpack) => unpack(bytes));
  const bomb = gzipSync(Buffer.alloc(30 * MEGABYTE));
  await expect(unzip(bomb)).rejects.toMatchObject({ status: 413 });
  const lie = Buffer.from(bomb);
  lie.writeUInt32LE(100, lie.length - 4);
  await expect(unzip(lie)).rejects.toMatchObject({ status: 413 });
  const whole = gzipSync(Buffer.alloc(MEGABYTE));
  const small = Buffer.from(whole);
  small.writeUInt32LE(100, small.length - 4);
  expect(await unzip(small)).toBeNull();
  expect(await unzip(whole, MEGABYTE)).toHaveLength(MEGABYTE);
  await expect(unzip(whole, MEGABYTE - 1)).rejects.toMatchObject({ status: 413 });
  expect(await unzip(gzipSync(''))).toHaveLength(0);
  expect(await unzip(whole.subarray(0, 500))).toBeNull();
});

it('Gzip of several members is read whole, once there is room for as much as may be', async () => {
  const weighed = openScales({ atOnce: 2 * MEGABYTE, limit: MEGABYTE, patienceMs: 60_000 });
  const two = Buffer.concat([gzipSync('a'.repeat(100_000)), gzipSync('b')]);
  const all = await Promise.all(Array.from({ length: 20 }, () => weighed(two, (unpack) => unpack(two))));
  expect(new Set(all.map((bytes) => bytes?.length))).toEqual(new Set([100_001]));
});

it('Brotli and deflate are known by the header; where it is wrong the bytes are as they came', async () => {
  const weighed = openScales({ limit: 1000 });
  const read = (bytes: Buffer, encoding: 'br' | 'deflate') =>
    weighed(bytes, (unpack) => unpack(bytes), encoding);
  const text = Buffer.from('{"batch":[]}');
  expect(await read(brotliCompressSync(text), 'br')).toEqual(text);
  expect(await read(deflateSync(text), 'deflate')).toEqual(text);
  expect(await read(text, 'br')).toEqual(text);
  await expect(read(brotliCompressSync(Buffer.alloc(2000)), 'br')).rejects.toMatchObject({ status: 413 });
});

it('Of whom nobody knows, a claim of more than is read is refused at once, and takes nobody’s room', async () => {
  const weighed = openScales({ limit: MEGABYTE, trusts: false });
  const claim = gzipSync('x');
  claim.writeUInt32LE(20 * MEGABYTE, claim.length - 4);
  await expect(weighed(claim, async () => 'in')).rejects.toMatchObject({ status: 413 });
  expect(await weighed(gzipSync('x'), async () => 'in')).toBe('in');
});

it('Bytes in a packing that is not read are refused; text and gzip are read under any header', () => {
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00]);
  expect(() => encodingNamed('zstd', zstd)).toThrow(expect.objectContaining({ status: 415 }));
  expect(() => encodingNamed('gzip, br', zstd)).toThrow(expect.objectContaining({ status: 415 }));
  expect(encodingNamed('zstd', Buffer.from('{}'))).toBeUndefined();
  expect(encodingNamed('zstd', gzipSync('{}'))).toBeUndefined();
  expect(encodingNamed(undefined, zstd)).toBeUndefined();
  expect(encodingNamed(' BR', zstd)).toBe('br');
});
