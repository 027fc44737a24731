import { type CleanStep, GENTLE_RULES } from '@qianmian/contract';
import { generatorOf, nextBelow } from '@qianmian/science/random';
import { compileSteps, NOTHING_DECIDED } from '../packages/server/src/collect/cleaning/compile.ts';
import { cleanFacts } from '../packages/server/src/collect/cleaning/on-arrival.ts';
import type { EventFact } from '../packages/server/src/collect/facts.ts';
import { compileJudge } from '../packages/server/src/collect/plan/check.ts';
import { countBatch } from '../packages/server/src/collect/quality/count-batch.ts';
import { type Benchmark, median } from './benchmark.ts';

const EVENTS = 50_000;
/** As many as are read on at once. */
const BATCH = 1000;
const ROUNDS = 5;

/** What is asked of every event on its way, in processor time, against reading the same events as JSON. */
export const collectSteps: Benchmark = {
  domain: 'collect',
  name: 'steps',
  async run({ say }) {
    const events = makeEvents();
    const texts = events.map((event) => JSON.stringify(event));
    const json = await microseconds(() => {
      let keys = 0;
      for (const text of texts) keys += Object.keys(JSON.parse(text)).length;
      return keys;
    });
    const judge = compileJudge(plan(), { ...GENTLE_RULES, unknown_property: 'warn' })!;
    const planned = await microseconds(() => events.filter((e) => judge(e.name, e.properties)).length);
    const counted = await microseconds(() =>
      countBatch([{ ...readOf(events), held: [], rejected: [], warned: [] }], {
        cameBefore: () => false,
        isKnown: () => true,
      }),
    );
    const compiled = compileSteps(1, steps(), {
      timeZone: 'Asia/Shanghai',
      learned: {},
      decided: NOTHING_DECIDED,
    });
    const cleaned = await microseconds(() => {
      let changed = 0;
      for (let i = 0; i < EVENTS; i += BATCH)
        changed += cleanFacts(events.slice(i, i + BATCH), 'source', compiled).trails.size;
      return changed;
    });
    say(`an event: JSON ${json.toFixed(1)} µs, plan ${planned.toFixed(1)}, counts ${counted.toFixed(1)}`);
    say(`cleaning by ten steps ${cleaned.toFixed(1)} µs`);
    return {
      plan_us_per_event: planned,
      counts_us_per_event: counted,
      cleaning_us_per_event: cleaned,
      steps_to_json_ratio: (planned + counted + cleaned) / json,
    };
  },
};

async function microseconds(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / EVENTS);
  }
  return median(times);
}

/** A tracking plan of 200 events with 20 properties each. */
function plan() {
  return {
    events: Array.from({ length: 200 }, (_, e) => ({
      name: `Event ${e}`,
      description: '',
      properties: Array.from({ length: 20 }, (_, i) => ({
        path: i % 4 === 3 ? `group.p${i}` : `p${i}`,
        types: [i % 2 ? ('string' as const) : ('number' as const)],
        required: i < 5,
        ...(i === 7 ? { pattern: '[A-Za-z ]+-[0-9]+' } : {}),
        description: '',
      })),
    })),
  };
}

/** Events of 20 properties: words of a few hundred spellings, numbers, one text in ten with a space too many. */
function makeEvents(): EventFact[] {
  const random = generatorOf(7);
  return Array.from({ length: EVENTS }, (_, n) => {
    const group: Record<string, unknown> = {};
    const properties: Record<string, unknown> = { group };
    for (let i = 0; i < 20; i++) {
      const word = `Value ${i}-${nextBelow(random, 300)}`;
      (i % 4 === 3 ? group : properties)[`p${i}`] =
        i % 2 === 0 ? nextBelow(random, 1000) : nextBelow(random, 10) === 0 ? `${word} ` : word;
    }
    return {
      kind: 'event',
      messageId: `m${n}`,
      name: `Event ${n % 200}`,
      time: 1,
      identifiers: [],
      properties,
    };
  });
}

const on = (field: string) => ({ subject: 'event' as const, field });
const base = (n: number) => ({ id: `s${n}`, isOn: true, name: '' });

/** Ten steps: spaces and widths of five texts, letters of two, a spelling, a currency and a unit. */
function steps(): CleanStep[] {
  return [
    ...[1, 5, 9, 13, 17].map(
      (p, n): CleanStep => ({
        ...base(n),
        ...{ kind: 'text', on: on(`p${p}`), trim: true, halfWidth: true, letters: 'keep' },
      }),
    ),
    ...['group.p3', 'group.p7'].map(
      (p, n): CleanStep => ({
        ...base(5 + n),
        ...{ kind: 'text', on: on(p), trim: true, halfWidth: true, letters: 'lower' },
      }),
    ),
    { ...base(7), kind: 'category', on: on('p9'), words: [{ from: 'Value 9-1', to: 'One' }] },
    { ...base(8), kind: 'currency', on: on('p5'), aliases: [] },
    { ...base(9), kind: 'unit', on: on('p2'), to: 'kg', from: 'g' },
  ];
}

function readOf(facts: EventFact[]) {
  return { workspace: 'w', source: 's', receivedAt: 2, timeZone: 'Asia/Shanghai', facts };
}
