/** Work of one key one at a time, in the order asked for; a failure is its asker's and stops nobody behind it. */
export function openLanes(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const lanes = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const done = (lanes.get(key) ?? Promise.resolve()).then(work);
    lanes.set(
      key,
      done.catch(() => {}),
    );
    return done;
  };
}

/** What waits for a place. */
interface Waiting {
  isHeavy: boolean;
  begin(place: number): void;
}

/**
 * At most `places` pieces of work at a time, the rest in the order asked for; each is told its place. Heavy work leaves
 * one place free for the rest. Who gives up while waiting loses the turn, and what they wanted is never begun.
 */
export function openTurns(
  places: number,
): <T>(
  work: (place: number) => Promise<T>,
  by?: { gone?: AbortSignal | undefined; isHeavy?: boolean | undefined },
) => Promise<T> {
  const free = Array.from({ length: places }, (_, i) => i);
  const mostHeavy = Math.max(1, places - 1);
  let waiting: Waiting[] = [];
  let heavy = 0;

  function beginNext(): void {
    while (free.length > 0) {
      const next = waiting.find((w) => !w.isHeavy || heavy < mostHeavy);
      if (!next) return;
      waiting = waiting.filter((w) => w !== next);
      if (next.isHeavy) heavy += 1;
      next.begin(free.shift()!);
    }
  }

  return (work, { gone, isHeavy = false } = {}) =>
    new Promise((resolve, reject) => {
      if (gone?.aborted) return reject(gone.reason);
      const leave = () => {
        waiting = waiting.filter((w) => w !== turn);
        reject(gone!.reason);
      };
      const turn: Waiting = {
        isHeavy,
        begin(place) {
          gone?.removeEventListener('abort', leave);
          void work(place)
            .then(resolve, reject)
            .finally(() => {
              free.push(place);
              if (isHeavy) heavy -= 1;
              beginNext();
            });
        },
      };
      gone?.addEventListener('abort', leave, { once: true });
      waiting.push(turn);
      beginNext();
    });
}
