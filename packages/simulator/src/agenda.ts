/** Something that happens to a person at a moment. */
interface Timed {
  atMs: number;
  person: number;
  kind: string;
  /** Settles ties between things that are equal in all else. */
  tie?: string;
}

/** Things to come, the earliest first; ties are settled by person, kind and tie, so that the order never varies. */
export interface Agenda<T extends Timed> {
  add(item: T): void;
  /** Takes the earliest item before an instant. */
  takeBefore(ms: number): T | undefined;
  /** All that is left, in no order. */
  rest(): readonly T[];
}

function earlier(a: Timed, b: Timed): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  if (a.person !== b.person) return a.person < b.person;
  return a.kind !== b.kind ? a.kind < b.kind : (a.tie ?? '') < (b.tie ?? '');
}

/** An agenda that holds these items: a binary heap. */
export function createAgenda<T extends Timed>(items: readonly T[] = []): Agenda<T> {
  const heap: T[] = [];

  function add(item: T): void {
    let hole = heap.push(item) - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!earlier(item, heap[parent]!)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = item;
  }

  function settle(item: T): void {
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && earlier(heap[child + 1]!, heap[child]!)) child++;
      if (!earlier(heap[child]!, item)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = item;
  }

  for (const item of items) add(item);
  return {
    add,
    takeBefore(ms) {
      const first = heap[0];
      if (first === undefined || first.atMs >= ms) return undefined;
      const last = heap.pop()!;
      if (heap.length > 0) settle(last);
      return first;
    },
    rest: () => heap,
  };
}
