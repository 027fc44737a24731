import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('tells every fault of the environment at once, and no secret', () => {
  const env = {
    QM_PORT: 'eighty',
    QM_LEDGER_URL: 'mysql://root:hunter2@db/x',
    QM_OWNER_PASSWORD: 'short',
    QM_DATADIR: '/x',
    PATH: '/bin',
  };
  const fault = (() => {
    try {
      readConfig(env);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  })();
  for (const name of ['QM_PORT', 'QM_LEDGER_URL', 'QM_OWNER_PASSWORD', 'QM_DATADIR'])
    expect(fault).toContain(name);
  expect(fault).not.toContain('hunter2');
  expect(fault).not.toContain('short"');
});

it('has a default for everything', () => {
  expect(readConfig({})).toMatchObject({
    port: 7700,
    dataDir: './data',
    ledgerUrl: null,
    warehouseUrl: null,
    demo: null,
  });
});
