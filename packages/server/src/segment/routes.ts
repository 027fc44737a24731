import { segmentEndpoints as e } from '@qianmian/contract';
import type { Audit } from '../governance/index.ts';
import type { Mount } from '../platform/http.ts';
import type { SegmentService } from './segment.ts';

/** HTTP edge of segment. */
export function segmentRoutes(mount: Mount, parts: { segment: SegmentService; audit: Audit }): void {
  const { segment, audit } = parts;

  mount(e.listSegments, ({ workspace }) => segment.list(workspace));
  mount(e.createSegment, async ({ workspace, body, who, may }) => {
    if (!may('customer.reveal')) await segment.personalTests.refuseIn(workspace, body.condition);
    const made = await segment.create(workspace, body, who.name);
    await audit.note(workspace, who, 'segment.create', made.id, { name: made.name });
    return made;
  });
  mount(e.getSegment, ({ workspace, params }) => segment.get(workspace, params.id));
  mount(e.updateSegment, async ({ workspace, params, body, who, may }) => {
    if (!may('customer.reveal')) await segment.personalTests.refuseIn(workspace, body.condition);
    const changed = await segment.update(workspace, params.id, body, who.name);
    await audit.note(workspace, who, 'segment.update', params.id, { name: changed.name });
    return changed;
  });
  mount(e.deleteSegment, async ({ workspace, params, who }) => {
    await segment.remove(workspace, params.id);
    await audit.note(workspace, who, 'segment.delete', params.id);
    return undefined;
  });
  mount(e.previewSegment, ({ workspace, body, may, who, gone }) =>
    segment.preview(workspace, body.condition, may('customer.reveal'), {
      caller: `${who.kind}:${who.id}`,
      gone,
    }),
  );
  mount(e.refreshSegment, ({ workspace, params }) => segment.refresh(workspace, params.id));
  mount(e.listSegmentMembers, ({ workspace, params, query }) =>
    segment.listMembers(workspace, params.id, query),
  );
  mount(e.explainMember, async ({ workspace, params, may }) => {
    const reveal = may('customer.reveal');
    const { condition } = await segment.get(workspace, params.id);
    if (!reveal) await segment.personalTests.refuseWithin(workspace, condition);
    return segment.explain(workspace, params.id, params.personId, reveal);
  });
  mount(e.getVocabulary, ({ workspace, may }) => segment.vocabulary(workspace, may('customer.reveal')));
}
