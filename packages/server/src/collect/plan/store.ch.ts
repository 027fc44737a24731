import type { Warehouse } from '../../platform/warehouse.ts';

/** Events learned of, and properties of each. */
const [MOST_EVENTS, MOST_PROPERTIES, SAMPLES] = [500, 300, 40];

const LATELY = `FROM collect_event WHERE workspace = {workspace:String}
  AND received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`;

/** What the plan reads of stored events. */
export function planWarehouse(warehouse: Warehouse) {
  return {
    eventCounts: (workspace: string, since: number) =>
      warehouse.query<{ name: string; messages: number }>(
        `SELECT name, count() AS messages ${LATELY} GROUP BY name ORDER BY messages DESC, name LIMIT ${MOST_EVENTS}`,
        { workspace, since },
      ),

    /** How many events of each name have which property as which type of the warehouse. */
    pathTypes: (workspace: string, since: number) =>
      warehouse.query<{ name: string; path: string; type: string; messages: number }>(
        `SELECT name, pair.1 AS path, pair.2 AS type, count() AS messages FROM (
           SELECT name, arrayJoin(CAST(JSONAllPathsWithTypes(properties), 'Array(Tuple(String, String))')) AS pair ${LATELY})
         WHERE type != 'None' GROUP BY name, path, type ORDER BY messages DESC, path
         LIMIT ${2 * MOST_PROPERTIES} BY name LIMIT 100000`,
        { workspace, since },
      ),

    samples: (workspace: string, since: number) =>
      warehouse.query<{ name: string; properties: Record<string, unknown> }>(
        `SELECT name, properties ${LATELY} ORDER BY received_at DESC LIMIT ${SAMPLES} BY name LIMIT 5000`,
        { workspace, since },
      ),
  };
}
export type PlanWarehouse = ReturnType<typeof planWarehouse>;
