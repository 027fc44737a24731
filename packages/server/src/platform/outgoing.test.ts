import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openOutgoing } from './outgoing.ts';

const knowing = (names: Record<string, string[]>, allowed: string[] = []) =>
  openOutgoing(allowed, async (host) => {
    if (!names[host]) throw new Error('ENOTFOUND');
    return names[host].map((address) => ({ address, family: 4 }));
  });

test('public hosts may be called at the address that was looked up; private ones only where they are named', async () => {
  const names = {
    'shop.example': ['93.184.216.34'],
    'inside.example': ['10.1.2.3'],
    'both.example': ['93.184.216.34', '169.254.169.254'],
  };
  expect(await knowing(names).reach('shop.example')).toEqual({
    host: 'shop.example',
    address: '93.184.216.34',
    family: 4,
  });
  for (const host of [
    'inside.example',
    'both.example',
    '127.0.0.1',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b:1::7f00:1',
    'fec0::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:80ff:fffe',
    '192.88.99.1',
  ])
    await expect(knowing(names).reach(host), host).rejects.toMatchObject({ code: 'outgoing.private_host' });
  await expect(knowing(names).reach('nowhere.example')).rejects.toMatchObject({
    code: 'outgoing.unknown_host',
  });
  for (const allowed of ['inside.example', '10.1.0.0/16', '10.1.2.3', '*'])
    expect((await knowing(names, [allowed]).reach('inside.example')).address, allowed).toBe('10.1.2.3');
  for (const host of ['2001:4860:4860::8888', '64:ff9c::1', '192.88.98.1'])
    expect((await knowing(names).reach(host)).address).toBe(host);
  for (const allowed of ['10.2.0.0/16', 'other.example'])
    await expect(knowing(names, [allowed]).reach('inside.example'), allowed).rejects.toThrow(
      'private network',
    );
});

test('no address of a private network is called, however it is written', async () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const inside = fc
    .tuple(
      fc.constantFrom([10], [127], [169, 254], [192, 168], [172, 16], [172, 31], [0], [100, 64]),
      octet,
      octet,
      octet,
    )
    .map(([head, ...rest]) => [...head, ...rest].slice(0, 4));
  await fc.assert(
    fc.asyncProperty(inside, fc.boolean(), async (bytes, isMapped) => {
      const dotted = bytes.join('.');
      const host = isMapped ? `::ffff:${dotted}` : dotted;
      await expect(knowing({}).reach(host)).rejects.toMatchObject({ code: 'outgoing.private_host' });
    }),
  );
});
