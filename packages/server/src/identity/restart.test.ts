import fc from 'fast-check';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { hash64 } from '../platform/hash64.ts';
import { type Shop, shop } from '../profile/test-shop.ts';
import { openIdentity } from './identity.ts';
import { EVENTS, IDENTIFIERS, SURVIVORS } from './store.ch.ts';
import { at, id, seen } from './test-facts.ts';

vi.setConfig({ testTimeout: 180_000 });

let s: Shop;
let messages = 0;
beforeAll(async () => {
  s = await shop();
}, 120_000);

const SPOKEN_IN = ['profile_trait', 'profile_consent', 'profile_order_key'];

type Who = Pick<typeof s.identity, 'inner'>;

/** What queries say of identifiers and events is what identity says, by identifier and by number. */
async function agrees(workspace: string, identity: Who = s.identity): Promise<void> {
  const index = await identity.inner.indexOf(workspace);
  const links = await s.warehouse.query<{ anchor: number; key: string; person: number }>(
    `SELECT anchor, type || '=' || value AS key, person FROM ${IDENTIFIERS}`,
    { workspace },
  );
  const events = await s.warehouse.query<{ anchor: number; key: string; person: number }>(
    `SELECT anchor, message_id AS key, person FROM ${EVENTS}`,
    { workspace },
  );
  const told = [...links, ...events];
  expect(told).toEqual(told.map((row) => ({ ...row, person: index.personOf(row.anchor) })));
  for (const { anchor, key } of links) expect(index.nodeOf(id(key))).toBe(anchor);
  const numbers = await s.warehouse.query<{ person_id: number; survivor: number }>(SURVIVORS, { workspace });
  for (const { person_id, survivor } of numbers)
    if (index.whoIs(person_id) !== 0)
      expect({ person_id, survivor }).toEqual({ person_id, survivor: index.whoIs(person_id) });
}

describe('after an import is undone', () => {
  it('its numbers are given to nobody else, restarted or not', async () => {
    for (const isRestarted of [false, true]) {
      const workspace = await s.workspace();
      await s.collect(workspace, [seen(1, 'user=kept')]);
      // A file of orders speaks of those whom the file of customers tells of, so that they fall apart before they go.
      await s.collect(
        workspace,
        [seen(1, 'user=a', 'email=a@x.example'), seen(1, 'email=b@x.example', 'user=b')],
        'customers',
      );
      await s.collect(workspace, [seen(2, 'email=a@x.example'), seen(2, 'email=b@x.example')], 'orders');
      const given = await s.warehouse.one<{ anchor: number; person: number }>(
        'SELECT max(anchor) AS anchor, max(person_id) AS person FROM identity_link WHERE workspace = {workspace:String}',
        { workspace },
      );
      for (const importId of ['customers', 'orders']) {
        await s.warehouse.deleteRows(
          'collect_event',
          'workspace = {workspace:String} AND import_id = {importId:String}',
          { workspace, importId },
        );
        await s.identity.undoImport(workspace, importId, 0, SPOKEN_IN);
      }
      if (isRestarted) s.identity.forget(workspace);
      await s.collect(
        workspace,
        [seen(3, 'email=new@x.example'), seen(3, 'user=a', 'email=a@x.example')],
        'again',
      );
      await agrees(workspace);
      const index = await s.identity.inner.indexOf(workspace);
      const found = index.nodeOf(id('email=new@x.example'));
      expect(found).toBeGreaterThan(given.anchor);
      expect(index.personOf(found)).toBeGreaterThan(given.person);
      expect(await s.identity.personOf(workspace, id('user=a'))).toBe(
        await s.identity.personOf(workspace, id('email=a@x.example')),
      );
      s.identity.forget(workspace);
      await agrees(workspace);
    }
  }, 300_000);
});

describe('a value that means nothing', () => {
  const NOBODY = '00000000-0000-0000-0000-000000000000';

  it('joins nobody, and those whom it joined before that was known are parted at the next start', async () => {
    const workspace = await s.workspace();
    const visitors = ['anonymous=i1', 'anonymous=i2', 'anonymous=i3'];
    const people = async () =>
      new Set(await Promise.all(visitors.map((text) => s.identity.personOf(workspace, id(text))))).size;
    await s.collect(
      workspace,
      visitors.map((text) => seen(1, text, `device=${NOBODY}`)),
    );
    expect(await people()).toBe(3);
    // As it was stored by a version that took the value for a device.
    await s.collect(
      workspace,
      visitors.map((text) => seen(1, text, 'device=real')),
    );
    expect(await people()).toBe(1);
    const halves = new Uint32Array(2);
    hash64(`device\n${NOBODY}`, halves);
    for (const [value, hash, isDeleted] of [
      [`'${NOBODY}'`, `bitOr(bitShiftLeft(toUInt64(${halves[1]}), 32), ${halves[0]})`, 0],
      ['value', 'hash', 1],
    ] as const)
      await s.warehouse.command(
        `INSERT INTO identity_link SELECT * REPLACE (${value} AS value, ${hash} AS hash, version + 1 AS version, ${isDeleted} AS is_deleted)
         FROM (SELECT * FROM identity_link FINAL
           WHERE workspace = {workspace:String} AND type = 'device' AND value = 'real')`,
        { workspace },
      );
    s.identity.forget(workspace);
    expect(await people()).toBe(3);
    await agrees(workspace);
  });
});

describe('a kill at any statement', () => {
  const ids = [
    'user=1',
    'user=2',
    'email=a@x.example',
    'email=b@x.example',
    'phone=13911110000',
    'anonymous=t',
  ];
  const batch = fc.record({
    importId: fc.constantFrom('', 'one', 'two'),
    sightings: fc.array(
      fc.record({
        day: fc.nat({ max: 90 }),
        of: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    stopAt: fc.nat({ max: 6 }),
  });
  const undo = fc.record({ undone: fc.constantFrom('one', 'two'), stopAt: fc.nat({ max: 6 }) });

  it('leaves queries and identity of one mind, whatever was on its way, and nothing is lost when it is tried again', async () => {
    const opened = (stopAt: number) => {
      let statements = 0;
      const dying = <A extends unknown[]>(work: (...args: A) => Promise<void>) => {
        return (...args: A) => (++statements > stopAt ? Promise.reject(new Error('killed')) : work(...args));
      };
      const { insert, command, deleteRows } = s.warehouse;
      return openIdentity({
        ...s,
        warehouse: {
          ...s.warehouse,
          insert: async (table, rows, token) =>
            rows.length > 0 ? dying(insert)(table, rows, token) : undefined,
          command: dying(command),
          deleteRows: dying(deleteRows),
        },
      });
    };
    const run = fc.asyncProperty(
      fc.array(fc.oneof({ weight: 3, arbitrary: batch }, undo), { minLength: 2, maxLength: 7 }),
      async (story) => {
        const workspace = await s.workspace();
        /** Who identity says that batches are of, stored as events. */
        const work = async (identity: ReturnType<typeof openIdentity>, op: (typeof story)[number]) => {
          if ('undone' in op) {
            await s.warehouse.deleteRows(
              'collect_event',
              'workspace = {workspace:String} AND import_id = {importId:String}',
              { workspace, importId: op.undone },
            );
            return identity.undoImport(workspace, op.undone, 0, []);
          }
          const { importId } = op;
          const { people, anchors } = await identity.resolve(
            workspace,
            op.sightings.map((x) => ({ time: at(x.day), identifiers: x.of.map(id) })),
            { importId, version: 0 },
          );
          await s.warehouse.insert(
            'collect_event',
            [...people].map((person_id, i) => ({
              ...{
                workspace,
                person_id,
                anchor: anchors[i],
                import_id: importId,
                message_id: `k${++messages}`,
              },
              ...{
                time: at(op.sightings[i]!.day),
                received_at: at(0),
                name: 'Seen',
                source: 'test',
                properties: {},
              },
            })),
          );
        };
        for (const op of story) {
          const isDone = await work(opened(op.stopAt), op).then(
            () => true,
            (error: Error) => {
              expect(error.message).toBe('killed');
              return false;
            },
          );
          const restarted = opened(Number.POSITIVE_INFINITY);
          await agrees(workspace, restarted);
          if (isDone) continue;
          await work(restarted, op);
          await agrees(workspace, restarted);
          await agrees(workspace, opened(Number.POSITIVE_INFINITY));
        }
      },
    );
    // Stories that went wrong once, and a few more: each costs seconds.
    await fc.assert(run, { numRuns: 4, seed: 7 });
  }, 300_000);
});
