import type { CustomerName, KnownBy } from '@qianmian/contract';
import type { Identity } from '../identity/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { customersWarehouse } from './customers.ch.ts';
import { maskIdentifier, maskName } from './masking.ts';

/**
 * Identifiers by how well a person without a name can be called by them: first what the shop itself gave, then what
 * people can read, then what only machines tell apart.
 */
const CALLED_BY = ['user', 'member_card', 'phone', 'email', 'unionid', 'openid', 'device', 'anonymous'];

/** The identifier to call someone by; of several of one type the first by its text, so that it never changes by chance. */
export function calledBy<I extends { type: string; value: string }>(identifiers: readonly I[]): I | null {
  const rank = ({ type }: I) => (CALLED_BY.indexOf(type) + CALLED_BY.length + 1) % (CALLED_BY.length + 1);
  return identifiers.reduce<I | null>((best, one) => {
    if (!best) return one;
    const by = rank(one) - rank(best);
    return by < 0 || (by === 0 && one.value < best.value) ? one : best;
  }, null);
}

/** What a person without a name is called by, as it is shown. */
export function presentKnownBy(
  identifiers: readonly { type: string; value: string }[],
  reveal: boolean,
): KnownBy | null {
  const best = calledBy(identifiers);
  return best && { type: best.type, value: reveal ? best.value : maskIdentifier(best.type, best.value) };
}

/** How people are called: by their name, else by what they are known by. */
export function openNames(parts: { warehouse: Warehouse; identity: Pick<Identity, 'whoIs' | 'whoAre'> }) {
  const store = customersWarehouse(parts.warehouse);

  /** What these people are known by; for those who have no name. */
  async function knownBy(
    workspace: string,
    people: readonly number[],
    reveal: boolean,
  ): Promise<Map<number, KnownBy | null>> {
    const found = new Map<number, { type: string; value: string }[]>();
    if (people.length === 0) return new Map();
    const ofAnchor = new Map<number, number>();
    for (const person of people)
      for (const anchor of (await parts.identity.whoIs(workspace, person)).anchors)
        ofAnchor.set(anchor, person);
    for (const { anchor, type, value } of await store.identifiers(workspace, [...ofAnchor.keys()])) {
      const person = ofAnchor.get(anchor)!;
      found.set(person, [...(found.get(person) ?? []), { type, value }]);
    }
    return new Map([...found].map(([person, identifiers]) => [person, presentKnownBy(identifiers, reveal)]));
  }

  return {
    knownBy,

    /** Names in the order asked for; who was merged into another is called as that one. */
    async of(workspace: string, people: readonly number[], reveal: boolean): Promise<CustomerName[]> {
      if (people.length === 0) return [];
      const are = await parts.identity.whoAre(workspace, people);
      const now = [...new Set(are)];
      const names = new Map((await store.byIds(workspace, now)).map((row) => [row.person, row.name]));
      const known = await knownBy(
        workspace,
        now.filter((person) => !names.get(person)),
        reveal,
      );
      return people.map((personId, i) => {
        const name = names.get(are[i]!) ?? '';
        return {
          personId,
          name: reveal ? name : maskName(name),
          knownBy: name ? null : (known.get(are[i]!) ?? null),
        };
      });
    },
  };
}
export type Names = ReturnType<typeof openNames>;
