import type { Condition, TraitTest } from '@qianmian/contract';
import type { Warehouse } from '../platform/warehouse.ts';
import { isPersonal, LONG_NUMBER, mayHoldPhones, personalLook } from '../profile/index.ts';
import { personalTest } from './errors.ts';
import { personalTestsWarehouse } from './personal-tests.ch.ts';
import type { Definitions } from './references.ts';
import type { Segments } from './segments.ts';
import { isPresenceTest } from './value-test.ts';

/**
 * What a condition may ask for who sees personal data masked. Answers of yes and no to "begins with a", "with b", … spell
 * a masked value out, and no rounding of numbers of people hinders that: with ten others of a known number it is told
 * as well. So such a test is not made at all; everything else that can be tested is shown to the same role unmasked,
 * person by person, so that its number may be told exactly.
 *
 * Refused are tests of values that would be masked: by the name of the trait or property, by the look of what is
 * compared with, or, where parts and ranges are compared, by the look of what is stored.
 */
interface ValueTest {
  /** Null for a trait. */
  event: string | null;
  name: string;
  test: TraitTest;
}

/** Every test of a value; with definitions also those of the segments referred to. */
function valueTests(c: Condition, definitions: Definitions | null): ValueTest[] {
  if (c.kind === 'not') return valueTests(c.of, definitions);
  if (c.kind === 'all' || c.kind === 'any') return c.of.flatMap((part) => valueTests(part, definitions));
  if (c.kind === 'trait') return [{ event: null, name: c.trait, test: c.test }];
  if (c.kind === 'events')
    return (c.where ?? []).map(({ property, test }) => ({ event: c.event, name: property, test }));
  const referred = c.kind === 'segment' ? definitions?.get(c.segment) : undefined;
  return referred ? valueTests(referred.condition, definitions) : [];
}

/** Whether what is masked could be found out: surely, or if what is stored looks personal. */
export function asks({ name, test }: Pick<ValueTest, 'name' | 'test'>): 'nothing' | 'ifStored' | 'personal' {
  if (isPresenceTest(test)) return 'nothing';
  const given = Array.isArray(test.value) ? test.value : [test.value];
  // True and false are shown to everybody, whatever they are called: "email consent".
  if (given.every((value) => /^(true|false)$/i.test(String(value)))) return 'nothing';
  if (isPersonal(name) || isPersonal(name.split('.').at(-1)!)) return 'personal';
  if (!['is', 'isNot', 'in', 'notIn'].includes(test.op)) return 'ifStored';
  const looking = given.filter((value) => personalLook(name).test(String(value)));
  if (looking.length === 0) return 'nothing';
  return looking.some((value) => typeof value === 'string') ? 'personal' : 'ifStored';
}

/** Refuses conditions that would tell masked data. */
export function openPersonalTests(parts: { warehouse: Warehouse; segments: Segments }) {
  const store = personalTestsWarehouse(parts.warehouse);

  async function refuse(workspace: string, tests: readonly ValueTest[]): Promise<void> {
    const doubted: ValueTest[] = [];
    for (const one of tests) {
      const answer = asks(one);
      if (answer === 'personal') throw personalTest(one.name);
      if (answer === 'ifStored') doubted.push(one);
    }
    const name = await store.looksPersonal(
      workspace,
      doubted.map(({ event, name }) => ({
        ...{ event, name },
        look: personalLook(name).source,
        long: mayHoldPhones(name) ? LONG_NUMBER : 0,
      })),
    );
    if (name !== null) throw personalTest(name);
  }

  return {
    /** A condition somebody wrote: what it refers to was allowed to who wrote that. */
    refuseIn: (workspace: string, condition: Condition) => refuse(workspace, valueTests(condition, null)),

    /** A condition whose parts are judged one by one, by way of other segments too. */
    async refuseWithin(workspace: string, condition: Condition): Promise<void> {
      await refuse(workspace, valueTests(condition, await parts.segments.definitions(workspace)));
    },
  };
}
export type PersonalTests = ReturnType<typeof openPersonalTests>;
