import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileCondition } from './compile.ts';
import { EXAMPLES } from './examples.ts';
import type { Definitions } from './references.ts';

const definitions: Definitions = new Map([
  [
    'mailable',
    { name: 'Mailable', condition: { kind: 'consent', channel: 'email', granted: true } as const },
  ],
]);

/** The SQL of the examples as committed; `QM_UPDATE_GOLDEN=1` writes it anew, to be read in the diff. */
it.each(Object.entries(EXAMPLES))('the SQL of "%s" is the one committed', async (name, condition) => {
  const { sql, params } = compileCondition(condition, {
    now: Date.parse('2026-11-22T00:00:00Z'),
    timeZone: 'Asia/Shanghai',
    definitions,
  });
  const bound = Object.entries(params).map(([key, value]) => `-- ${key} = ${JSON.stringify(value)}`);
  const text = `${[sql, ...bound].join('\n')}\n`;
  const file = join(import.meta.dirname, 'golden', `${name}.golden.sql`);
  if (process.env.QM_UPDATE_GOLDEN) await writeFile(file, text);
  expect(text).toBe(await readFile(file, 'utf8'));
});
