import { GENTLE_RULES } from '@qianmian/contract';
import type { EventFact } from '../packages/server/src/collect/facts.ts';
import { compileJudge } from '../packages/server/src/collect/plan/check.ts';
import { countBatch } from '../packages/server/src/collect/quality/count-batch.ts';

// What the tracking plan and the counts of quality cost an event: a plan of 200 events with 20 properties each.
// npx tsx bench/plan-check.ts

const EVENTS = 200_000;
const property = (i: number) => ({
  path: i % 4 === 3 ? `group.p${i}` : `p${i}`,
  types: [i % 2 ? ('string' as const) : ('number' as const)],
  required: i < 5,
  ...(i === 7 ? { pattern: '[a-z]+-[0-9]+' } : {}),
  ...(i === 9 ? { allowed: ['value-9', 'other'] } : {}),
  description: '',
});
const plan = {
  events: Array.from({ length: 200 }, (_, e) => ({
    name: `Event ${e}`,
    description: '',
    properties: Array.from({ length: 20 }, (_, i) => property(i)),
  })),
};
const properties: Record<string, unknown> = { group: {} };
for (let i = 0; i < 20; i++)
  (i % 4 === 3 ? (properties.group as Record<string, unknown>) : properties)[`p${i}`] =
    i % 2 ? `value-${i}` : i;

const judge = compileJudge(plan, { ...GENTLE_RULES, unknown_property: 'warn' })!;
for (let round = 0; round < 3; round++) {
  const began = process.cpuUsage().user;
  let differing = 0;
  for (let i = 0; i < EVENTS; i++) if (judge(`Event ${i % 200}`, properties)) differing += 1;
  const micros = (process.cpuUsage().user - began) / EVENTS;
  console.log(`plan: ${micros.toFixed(2)} µs of processor an event (${differing} differ)`);
}
for (let round = 0; round < 3; round++) {
  const facts = Array.from(
    { length: EVENTS / 10 },
    (_, i): EventFact => ({
      ...{ kind: 'event', messageId: `m${i}`, name: 'Event 1', time: 1, identifiers: [], properties },
    }),
  );
  const read = { workspace: 'w', source: 's', receivedAt: 2, timeZone: 'Asia/Shanghai', facts };
  const began = process.cpuUsage().user;
  countBatch([{ ...read, held: [], rejected: [], warned: [] }], {
    cameBefore: () => false,
    isKnown: () => true,
  });
  console.log(
    `counts: ${((process.cpuUsage().user - began) / facts.length).toFixed(2)} µs of processor an event`,
  );
}
