import type { ComputedFacts } from './computed.ts';

/** What is known of one person, as conditions look at it. */
export interface Life {
  traits: ReadonlyMap<string, string | number | boolean>;
  facts: ComputedFacts;
  tags: ReadonlySet<string>;
  /** Channels with a yes in force. */
  consent: ReadonlySet<string>;
  lines: readonly LifeLine[];
  events: readonly LifeEvent[];
}

export interface LifeLine {
  orderId: string;
  lineKind: 'sale' | 'return';
  time: number;
  channel: string;
  storeId: string;
  productId: string;
  brand: string;
  category: readonly string[];
  quantity: number;
  netCents: number;
}

export interface LifeEvent {
  name: string;
  time: number;
  properties: Record<string, unknown>;
}

/** A property by its path; a name may itself hold dots. Null and what is not there are undefined. */
export function propertyAt(properties: Record<string, unknown>, path: string): unknown {
  if (properties[path] !== undefined && properties[path] !== null && Object.hasOwn(properties, path))
    return properties[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    const inner = Object.hasOwn(properties, head) ? properties[head] : undefined;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      const found = propertyAt(inner as Record<string, unknown>, path.slice(dot + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
