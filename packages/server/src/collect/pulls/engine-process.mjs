import { createRequire } from 'node:module';

// A process of its own, started by engine.ts: the warehouse's engine, without our warehouse. It runs one statement at a
// time that reads from a database elsewhere; whoever asked may end it at any moment. Plain JavaScript, as it starts
// twice as fast without a loader.

const { queryBindAsync } = createRequire(import.meta.url)('chdb');

process.on('disconnect', () => process.exit());
process.on('message', async ({ id, sql, params }) => {
  try {
    const answer = await queryBindAsync(sql, params, { format: 'JSONCompactEachRow' });
    process.send?.({ id, text: typeof answer === 'string' ? answer : await answer.text() });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
process.send?.({ id: 0 });
