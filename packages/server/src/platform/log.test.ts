import { expect, it } from 'vitest';
import { withoutData } from './log.ts';

it('keeps of an error what tells the fault, not the rows it quotes', () => {
  const error = Object.assign(
    new Error('Cannot parse JSON object here: {"email":"ann@private.example"}: (at row 1)'),
    {
      code: '117',
    },
  );
  const logged = withoutData(error);
  expect(logged).toMatchObject({ type: 'Error', code: '117', message: 'Cannot parse JSON object here:' });
  expect(JSON.stringify(logged)).not.toContain('private.example');
  const duplicate = new Error('duplicate key value: Key (email)=(ann@private.example) already exists');
  expect(JSON.stringify(withoutData(duplicate))).not.toContain('private.example');
});
