import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openScales } from './unpack.ts';

const MEGABYTE = 1024 * 1024;
const small = gzipSync(JSON.stringify({ note: 'x'.repeat(300) }));

it('Many small bodies are read at once, packed or not, within packing of another kind or not', async () => {
  const weighed = openScales(MEGABYTE, 60_000);
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
  const weighed = openScales(MEGABYTE, 300);
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

it('Gzip that becomes more than it says is not unzipped; more than is read is too large', async () => {
  const weighed = openScales();
  const unzip = (bytes: Buffer, limit?: number) => weighed(bytes, (unpack) => unpack(bytes, limit));
  const bomb = gzipSync(Buffer.alloc(30 * MEGABYTE));
  await expect(unzip(bomb)).rejects.toMatchObject({ status: 413 });
  const lie = Buffer.from(bomb);
  lie.writeUInt32LE(100, lie.length - 4);
  expect(await unzip(lie)).toBeNull();
  const whole = gzipSync(Buffer.alloc(MEGABYTE));
  expect(await unzip(whole, MEGABYTE)).toHaveLength(MEGABYTE);
  await expect(unzip(whole, MEGABYTE - 1)).rejects.toMatchObject({ status: 413 });
  expect(await unzip(gzipSync(''))).toHaveLength(0);
  expect(await unzip(whole.subarray(0, 500))).toBeNull();
});
