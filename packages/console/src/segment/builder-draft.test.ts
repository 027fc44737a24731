import { expect, it } from 'vitest';
import { conditionInAddress, firstDraft } from './builder-draft.ts';

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
