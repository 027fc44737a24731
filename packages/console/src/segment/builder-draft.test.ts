import { expect, it } from 'vitest';
import { blankLeaf, LEAF_KINDS } from './blank.ts';
import { conditionInAddress, firstDraft, readDraft, writeDraft } from './builder-draft.ts';

const minor = (major: number) => major * 100;

it('begins with the rule of the address, made ready for editing', () => {
  const leaf = { kind: 'tag', tag: 'vip' };
  expect(conditionInAddress(JSON.stringify(leaf))).toEqual({ kind: 'all', of: [leaf] });
  expect(conditionInAddress('{"kind":"all"')).toBeNull();
  expect(conditionInAddress('{"kind":"kings"}')).toBeNull();
});

it('begins with a template and its name, else with nothing', () => {
  const draft = firstDraft({ template: 'champions' }, minor, (template) => `<${template}>`);
  expect(draft.name).toBe('<champions>');
  expect(draft.condition).toEqual({ kind: 'all', of: [{ kind: 'rfmGroup', groups: ['champions'] }] });
  expect(firstDraft({ condition: 'x' }, minor, String).condition).toEqual({ kind: 'all', of: [] });
});

it('comes back as it was after a reload, with what is still to be typed', () => {
  const draft = {
    name: 'Half',
    description: '',
    condition: {
      kind: 'all' as const,
      of: [...LEAF_KINDS.map(blankLeaf), { kind: 'not' as const, of: { kind: 'any' as const, of: [] } }],
    },
  };
  expect(readDraft(writeDraft(draft, 7))).toEqual({ draft, revision: 7 });
  expect(readDraft(writeDraft(draft, null))).toEqual({ draft, revision: null });
});

it('does not come back from what the builder could not show', () => {
  const kept = (condition: unknown) => JSON.stringify({ name: '', description: '', condition });
  for (const text of [
    null,
    '',
    '{',
    'null',
    '{}',
    kept({ kind: 'kings' }),
    kept({ kind: 'all', of: 3 }),
    kept({ kind: 'not' }),
    kept({ kind: 'any', of: [{ kind: 'tag', tag: 'a' }, 5] }),
  ])
    expect(readDraft(text)).toBeNull();
  expect(readDraft(kept({ kind: 'all', of: [{ kind: 'tag', tag: 'vip' }] }))).not.toBeNull();
});
