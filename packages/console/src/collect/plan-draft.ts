import {
  type LearnedEvent,
  type PlanEvent,
  type PlanProperty,
  planFromLearned,
  type TrackingPlan,
} from '@qianmian/contract';

export const EMPTY_PLAN: TrackingPlan = { events: [] };

/** A draft with what was learned: new events and properties are added, what stands there stays as it is. */
export function withLearned(plan: TrackingPlan, learned: readonly LearnedEvent[]): TrackingPlan {
  const events = new Map(plan.events.map((event) => [event.name, event]));
  for (const event of planFromLearned(learned).events) {
    const known = events.get(event.name);
    if (!known) events.set(event.name, event);
    else {
      const paths = new Set(known.properties.map((one) => one.path));
      // What joins an event that is planned already is not required: it was left out on purpose, perhaps.
      const more = event.properties
        .filter((one) => !paths.has(one.path))
        .map((one) => ({ ...one, required: false }));
      events.set(event.name, { ...known, properties: [...known.properties, ...more] });
    }
  }
  return { events: [...events.values()] };
}

export function withEvent(plan: TrackingPlan, name: string, change: Partial<PlanEvent>): TrackingPlan {
  return { events: plan.events.map((event) => (event.name === name ? { ...event, ...change } : event)) };
}

export function withoutEvent(plan: TrackingPlan, name: string): TrackingPlan {
  return { events: plan.events.filter((event) => event.name !== name) };
}

export function newProperty(event: PlanEvent): PlanProperty {
  const taken = new Set(event.properties.map((one) => one.path));
  let n = event.properties.length + 1;
  while (taken.has(`property_${n}`)) n += 1;
  return { path: `property_${n}`, types: [], required: false, description: '' };
}

export interface Difference {
  kind: 'added' | 'removed' | 'changed';
  /** An event, or a property of one: `Order Completed › total`. */
  what: string;
}

/** How one version differs from another, event by event and property by property. */
export function differencesOf(before: TrackingPlan, after: TrackingPlan): Difference[] {
  const found: Difference[] = [];
  const old = new Map(before.events.map((event) => [event.name, event]));
  const now = new Set(after.events.map((event) => event.name));
  for (const event of before.events)
    if (!now.has(event.name)) found.push({ kind: 'removed', what: event.name });
  for (const event of after.events) {
    const was = old.get(event.name);
    if (!was) found.push({ kind: 'added', what: event.name });
    else {
      if (was.description !== event.description) found.push({ kind: 'changed', what: event.name });
      found.push(...propertiesThatDiffer(event.name, was.properties, event.properties));
    }
  }
  return found;
}

function propertiesThatDiffer(event: string, before: PlanProperty[], after: PlanProperty[]): Difference[] {
  const found: Difference[] = [];
  const old = new Map(before.map((one) => [one.path, one]));
  const now = new Set(after.map((one) => one.path));
  const what = (path: string) => `${event} › ${path}`;
  for (const one of before) if (!now.has(one.path)) found.push({ kind: 'removed', what: what(one.path) });
  for (const one of after) {
    const was = old.get(one.path);
    if (!was) found.push({ kind: 'added', what: what(one.path) });
    else if (said(was) !== said(one)) found.push({ kind: 'changed', what: what(one.path) });
  }
  return found;
}

const said = (property: PlanProperty) => JSON.stringify(Object.entries(property).sort());
