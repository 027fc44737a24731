import { createServer, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openOutgoing } from '../../platform/outgoing.ts';
import { within } from './patience.ts';
import { openS3 } from './s3.ts';

/** A storage that answers every listing as the test says. */
async function storageThat(answers: (n: number, response: ServerResponse) => void) {
  const told = { asked: 0 };
  const server = createServer((_request, response) => {
    told.asked += 1;
    answers(told.asked, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const open = (signal?: AbortSignal) =>
    openS3(
      {
        ...{ kind: 's3', endpoint: `http://127.0.0.1:${port}`, region: 'x', bucket: 'lake' },
        ...{ accessKey: 'AK', addressing: 'path' },
      },
      'secret',
      { outgoing: openOutgoing(['127.0.0.1']), signal },
    );
  return { told, open };
}

const listing = (keys: string[], token: string) =>
  `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>${keys
    .map((key) => `<Contents><Key>${key}</Key><Size>3</Size><ETag>x</ETag></Contents>`)
    .join('')}</ListBucketResult>`;

test('a storage that always says there is more is not followed for ever', async () => {
  const empty = await storageThat((n, response) => response.end(listing([], `t${n}`)));
  await expect(empty.open().list('**')).rejects.toMatchObject({
    ...{ code: 'pull.failed', detail: expect.stringContaining('EndlessListing') },
  });
  expect(empty.told.asked).toBeLessThan(50);
  const circle = await storageThat((n, response) => response.end(listing([`k${n}`], `t${n % 3}`)));
  await expect(circle.open().list('**')).rejects.toMatchObject({ code: 'pull.failed' });
  expect(circle.told.asked).toBeLessThan(10);
});

test('nothing is asked any more when nobody waits, or when the time is over', async () => {
  const endless = await storageThat((n, response) => response.end(listing([`k${n}`], `t${n}`)));
  const caller = new AbortController();
  const looked = within(60_000, caller.signal, (signal) => endless.open(signal).list('**'));
  await vi.waitFor(() => expect(endless.told.asked).toBeGreaterThan(3), 20_000);
  caller.abort(new Error('gone'));
  await expect(looked).rejects.toThrow('gone');
  const { asked } = endless.told;
  const longer = await storageThat((n, response) => response.end(listing([`k${n}`], `t${n}`)));
  await expect(within(50, undefined, (signal) => longer.open(signal).list('**'))).rejects.toMatchObject({
    code: 'pull.timeout',
  });

  // An answer that comes byte by byte is never silent, and never ends.
  const drips: NodeJS.Timeout[] = [];
  onTestFinished(() => drips.forEach(clearInterval));
  const slow = await storageThat((_n, response) => {
    response.write('<?xml version="1.0"?><ListBucketResult>');
    drips.push(setInterval(() => response.write(' '), 10));
  });
  await expect(within(300, undefined, (signal) => slow.open(signal).list('**'))).rejects.toMatchObject({
    code: 'pull.timeout',
  });
  // What was under way when the caller left may have arrived; nothing more.
  expect(endless.told.asked).toBeLessThanOrEqual(asked + 1);
  const broken = await storageThat((_n, response) => response.destroy());
  await expect(broken.open().list('**')).rejects.toMatchObject({ code: 'pull.unreachable' });
});
