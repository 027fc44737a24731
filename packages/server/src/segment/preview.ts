import type { Condition, SegmentPreview } from '@qianmian/contract';
import type { Workspaces } from '../governance/index.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import type { Profile } from '../profile/index.ts';
import { compileWhere } from './compile.ts';
import type { PersonalTests } from './personal-tests.ts';
import { openPreviewTurns, type PreviewAsker } from './preview-turns.ts';
import { checkReferences } from './references.ts';
import type { Segments } from './segments.ts';
import { segmentWarehouse } from './store.ch.ts';

const NEVER = new AbortController().signal;

/** How many people a condition holds for now, before anything is saved. */
export function openPreview(parts: {
  warehouse: Warehouse;
  workspaces: Pick<Workspaces, 'get'>;
  profile: Pick<Profile, 'customersByIds' | 'asOf'>;
  segments: Segments;
  personalTests: Pick<PersonalTests, 'refuseIn'>;
}) {
  const store = segmentWarehouse(parts.warehouse);
  const inTurn = openPreviewTurns();

  async function compute(workspace: string, condition: Condition, reveal: boolean): Promise<SegmentPreview> {
    const started = performance.now();
    const definitions = await parts.segments.definitions(workspace);
    checkReferences(condition, definitions);
    if (!reveal) await parts.personalTests.refuseIn(workspace, condition);
    const { timeZone } = await parts.workspaces.get(workspace);
    const now = await parts.profile.asOf(workspace);
    const { where, params } = compileWhere(condition, { now, timeZone, definitions });
    const found = await store.preview(workspace, where, params);
    const sample = await parts.profile.customersByIds(
      workspace,
      found.sample.map(([, person]) => person),
      reveal,
    );
    return {
      size: found.size,
      of: found.of,
      spendCents: found.spend,
      withEmail: found.with_email,
      sample,
      milliseconds: Math.round(performance.now() - started),
    };
  }

  return (
    workspace: string,
    condition: Condition,
    reveal: boolean,
    by: PreviewAsker = { caller: '', gone: NEVER },
  ): Promise<SegmentPreview> => inTurn(workspace, by, () => compute(workspace, condition, reveal));
}
