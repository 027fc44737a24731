import { type EventFact, type FactBatch, type FactSink, heardAt, type PersonFact } from '../collect/index.ts';
import type { Identity } from '../identity/index.ts';
import { versionByTime, versionHeard } from '../platform/version.ts';
import type { Warehouse } from '../platform/warehouse.ts';
import { type ConsentStatement, consentOfEvent, consentOfTraits, isConsentTrait } from './consent.ts';
import { type Folded, openTraitSteps } from './keep-steps.ts';
import type { TraitNames } from './trait-names.ts';
import { traitColumns } from './trait-value.ts';

/**
 * By a key that stands in a page anybody says anything of anybody: such traits are heard, and stand behind what a server,
 * a file, a webhook or a pull ever told of the same.
 */
export const isHeard = (batch: Pick<FactBatch, 'client'>) => !!batch.client;

/** A stamp ahead of our clock would stand against all that is said meanwhile. */
const heardBy = (fact: PersonFact | EventFact, batch: FactBatch) => Math.min(fact.time, heardAt(fact, batch));

function traitRows(batch: FactBatch, fromSteps: ReadonlySet<string>): object[] {
  const newest = new Map<string, { time: number; row: object }>();
  const version = isHeard(batch) ? versionHeard : versionByTime;
  for (const { fact, personId, anchor } of batch.people) {
    if (personId === 0 || fact.operation) continue;
    const time = heardBy(fact, batch);
    for (const [name, value] of Object.entries(fact.traits)) {
      if (isConsentTrait(name) || value === '' || fromSteps.has(name)) continue;
      const key = `${anchor}\n${name}`;
      const known = newest.get(key);
      if (known && known.time > time) continue;
      const row = {
        workspace: batch.workspace,
        person_id: personId,
        anchor,
        name,
        ...traitColumns(value),
        time,
        source: batch.source,
        import_id: batch.importId,
        version: version(time, batch.version),
      };
      newest.set(key, { time, row });
    }
  }
  return [...newest.values()].map((n) => n.row);
}

/** Rows of traits that steps made what they are. */
function foldedRows(batch: FactBatch, folded: readonly Folded[]): object[] {
  return folded.flatMap(({ personId, anchor, name, time, value, isHeard: isOnlyHeard }) =>
    value === null
      ? []
      : [
          {
            workspace: batch.workspace,
            person_id: personId,
            anchor,
            name,
            ...traitColumns(value),
            time,
            source: batch.source,
            import_id: '',
            version: (isOnlyHeard ? versionHeard : versionByTime)(time, batch.version),
          },
        ],
  );
}

function consentRows(batch: FactBatch): object[] {
  const said: {
    fact: PersonFact | EventFact;
    personId: number;
    anchor: number;
    statement: ConsentStatement;
  }[] = [];
  for (const { fact, personId, anchor } of batch.people)
    for (const statement of consentOfTraits(fact)) said.push({ fact, personId, anchor, statement });
  for (const { fact, personId, anchor } of batch.events)
    for (const statement of consentOfEvent(fact)) said.push({ fact, personId, anchor, statement });
  return (
    said
      .filter((s) => s.personId > 0)
      // By a key that anybody can read, a no always counts, and a yes where the workspace takes it.
      .filter((s) => !s.statement.granted || batch.client?.consent !== false)
      .map(({ fact, personId, anchor, statement }) => ({
        workspace: batch.workspace,
        person_id: personId,
        anchor,
        channel: statement.channel,
        purpose: statement.purpose,
        time: heardBy(fact, batch),
        granted: statement.granted ? 1 : 0,
        voice: statement.saidBy === 'event' ? 'event' : `trait:${batch.source}`,
        source: batch.source,
        import_id: batch.importId,
        version: heardAt(fact, batch),
      }))
  );
}

function orderKeyRows(batch: FactBatch): object[] {
  const keys = new Map<string, object>();
  for (const { fact, personId, anchor } of batch.orderLines)
    if (personId > 0)
      keys.set(`${anchor}\n${fact.orderId}`, {
        workspace: batch.workspace,
        person_id: personId,
        anchor,
        order_id: fact.orderId,
        version: heardAt(fact, batch),
      });
  return [...keys.values()];
}

/** The batch without traits whose names are one too many. */
async function admitted(batch: FactBatch, names: TraitNames): Promise<FactBatch> {
  const isKept = await names.admit(batch);
  const people = batch.people.map((one) => {
    const traits = Object.entries(one.fact.traits);
    if (traits.every(([name]) => isKept(name))) return one;
    return {
      ...one,
      fact: { ...one.fact, traits: Object.fromEntries(traits.filter(([name]) => isKept(name))) },
    };
  });
  return { ...batch, people };
}

/** Writes what facts say about people: traits, consent, and which orders are whose. */
export function profileSink(parts: {
  warehouse: Warehouse;
  identity: Pick<Identity, 'whoIs'>;
  names: TraitNames;
}): FactSink {
  const { warehouse } = parts;
  const steps = openTraitSteps({ ...parts, heardBy, isHeard });
  return async (told) => {
    const batch = await admitted(told, parts.names);
    const { names, folded } = await steps.take(batch);
    const rows = [...traitRows(batch, names), ...foldedRows(batch, folded)];
    await warehouse.insert('profile_trait', rows, `${batch.token}:trait`);
    await steps.remove(
      batch.workspace,
      folded.filter((one) => one.value === null),
    );
    await warehouse.insert('profile_consent', consentRows(batch), `${batch.token}:consent`);
    await warehouse.insert('profile_order_key', orderKeyRows(batch), `${batch.token}:order-key`);
  };
}

/** Takes back what an import said about people; keys of orders that are no more point at nothing and stay. */
export async function undoProfileImport(
  warehouse: Warehouse,
  workspace: string,
  importId: string,
): Promise<void> {
  if (importId === '') return;
  for (const table of ['profile_trait', 'profile_trait_step', 'profile_consent'])
    await warehouse.deleteRows(table, 'workspace = {workspace:String} AND import_id = {importId:String}', {
      workspace,
      importId,
    });
}
