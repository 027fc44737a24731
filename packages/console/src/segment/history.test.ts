import fc from 'fast-check';
import { expect, it } from 'vitest';
import { begin, record, redo, undo } from './history.ts';

it('takes back every step to the beginning, and does them all again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 50 }), (values) => {
      const steps = values.filter((value, n) => value !== (values[n - 1] ?? 0));
      let history = steps.reduce((h, value) => record(h, value), begin(0));
      const end = history.present;
      for (const _ of steps) history = undo(history);
      expect(history.present).toBe(0);
      expect(undo(history)).toBe(history);
      for (const _ of steps) history = redo(history);
      expect(history.present).toBe(end);
      expect(redo(history)).toBe(history);
    }),
  );
});

it('keeps the typing of a word as one step', () => {
  const typed = ['v', 'va', 'val'].reduce((h, value) => record(h, value, 'name'), begin(''));
  expect(undo(typed).present).toBe('');
  const more = record(typed, 'x', 'description');
  expect(undo(more).present).toBe('val');
});

it('forgets what was undone once something else is done', () => {
  const other = record(undo(record(record(begin(1), 2), 3)), 4);
  expect(redo(other)).toBe(other);
  expect(undo(other).present).toBe(2);
});
