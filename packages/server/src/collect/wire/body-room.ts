import { AppError } from '../../platform/errors.ts';

/** Who sends a body: what is held for a sender is bounded beside what is held for all. */
export interface Sender {
  address: string;
  /** The key or webhook they named; null where it is to be found within the body. */
  key: string | null;
}

/** Bytes of bodies that are held in memory at once: of all, of one key, of those without a key, of an address always. */
const SIZES = {
  all: 128 * 1024 * 1024,
  oneKey: 64 * 1024 * 1024,
  withoutKey: 32 * 1024 * 1024,
  free: 64 * 1024,
};

/** Room for bodies on their way in and until they are answered, taken as their bytes come. */
export function openBodyRoom(sizes = SIZES) {
  let all = 0;
  const byKey = new Map<string | null, number>();
  const byAddress = new Map<string, number>();

  const add = <K>(to: Map<K, number>, who: K, bytes: number) => {
    const now = (to.get(who) ?? 0) + bytes;
    if (now > 0) to.set(who, now);
    else to.delete(who);
    return now;
  };

  return {
    /** A place for one body: `take` answers 503 where there is no room for more of it; `leave` when it is dealt with. */
    enter({ address, key }: Sender) {
      let held = 0;
      let isGone = false;
      const change = (bytes: number) => {
        held += bytes;
        all += bytes;
        return { ofKey: add(byKey, key, bytes), ofAddress: add(byAddress, address, bytes) };
      };
      return {
        take(bytes: number): void {
          if (isGone) return;
          const { ofKey, ofAddress } = change(bytes);
          const most = key === null ? sizes.withoutKey : sizes.oneKey;
          if (ofAddress > sizes.free && (all > sizes.all || ofKey > most)) {
            change(-held);
            throw new AppError({
              code: 'collect.overloaded',
              status: 503,
              detail: 'More arrives than can be read at once; try again in a second.',
            });
          }
        },
        leave(): void {
          isGone = true;
          change(-held);
        },
      };
    },
    held: () => all,
  };
}
export type BodyRoom = ReturnType<typeof openBodyRoom>;
