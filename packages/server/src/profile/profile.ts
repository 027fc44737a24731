import type { ImputedLines } from '../collect/index.ts';
import type { Workspaces } from '../governance/index.ts';
import type { Identity } from '../identity/index.ts';
import type { Bus } from '../platform/bus.ts';
import type { Clock } from '../platform/clock.ts';
import type { Jobs } from '../platform/jobs.ts';
import type { Ledger } from '../platform/ledger.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { openCustomers, type SegmentMembers } from './customers.ts';
import { openDuplicates } from './duplicates.ts';
import { profileJobs } from './jobs.ts';
import { openNames } from './known-by.ts';
import { openPerson } from './person.ts';
import { openRefresh } from './refresh.ts';
import { openStoredTraits } from './restate-traits.ts';
import { openRfmReport } from './rfm-report.ts';
import { profileSink, undoProfileImport } from './sink.ts';
import { openTags } from './tags.ts';
import { openTraitNames, type SetAside } from './trait-names.ts';

/** The portrait of every customer: traits, consent, tags, computed facts and scores. */
export function openProfile(parts: {
  warehouse: Warehouse;
  ledger: Ledger;
  clock: Clock;
  jobs: Jobs;
  bus: Bus;
  workspaces: Pick<Workspaces, 'get'>;
  identity: Pick<Identity, 'whoIs' | 'whoAre' | 'nobodies'>;
  members: SegmentMembers;
  imputedLines: ImputedLines;
  /** What is not kept is told in quarantine. */
  setAside: SetAside;
}) {
  const refresh = openRefresh(parts);
  const tags = openTags(parts);
  const names = openNames(parts);
  const traitNames = openTraitNames(parts);
  const customers = openCustomers({ ...parts, names });
  profileJobs({ ...parts, refresh });
  return {
    /** Writes what facts say about people; to be registered with the collector. */
    sink: profileSink({ ...parts, names: traitNames }),
    async undoImport(workspace: string, importId: string): Promise<void> {
      await undoProfileImport(parts.warehouse, workspace, importId);
      traitNames.forget(workspace);
    },
    /** Traits one by one, for what cleans them. */
    storedTraits: openStoredTraits(parts),
    refresh: refresh.refresh,
    lastRefresh: refresh.last,
    /** The moment to which days are counted in a workspace. */
    asOf: async (workspace: string) => (await refresh.last(workspace)).asOf,
    listCustomers: customers.list,
    exportCustomers: customers.exportCsv,
    customersByIds: customers.byIds,
    namesOf: names.of,
    person: openPerson({ ...parts, refresh, tags }),
    tags,
    duplicates: openDuplicates(parts),
    rfmReport: openRfmReport({ ...parts, refresh }),
  };
}
export type Profile = ReturnType<typeof openProfile>;
