/** A value with its former and undone states. */
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
  /** What was edited last: edits of the same field, one right after the other, are one step. */
  field: string;
}

/** Steps that can be taken back. */
export const STEPS = 200;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], field: '' };
}

/** A new state; give the field that is being typed in, so that typing a word is one step. */
export function record<T>(history: History<T>, present: T, field = ''): History<T> {
  if (Object.is(present, history.present)) return history;
  const goesOn = field !== '' && field === history.field;
  const past = goesOn ? history.past : [...history.past, history.present].slice(-STEPS);
  return { past, present, future: [], field };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    field: '',
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, field: '' };
}
