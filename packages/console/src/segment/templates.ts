import type { Condition } from '@qianmian/contract';

export const TEMPLATES = [
  'valuableSleeping',
  'noSecondOrder',
  'champions',
  'lapsedCategory',
  'cannotLose',
  'basketNoOrder',
  'bigSpenders',
  'reachable',
] as const;
export type Template = (typeof TEMPLATES)[number];

const bought = (days: number, categories?: string[]): Condition => ({
  kind: 'orders',
  measure: 'count',
  test: { op: 'gte', value: 1 },
  window: { kind: 'rolling', days },
  ...(categories ? { where: { categories } } : {}),
});

/** Segments to begin from; `minor` turns an amount people speak of into the currency's smallest unit. */
export function templateCondition(template: Template, minor: (major: number) => number): Condition {
  switch (template) {
    case 'valuableSleeping':
      return {
        kind: 'all',
        of: [
          { kind: 'fact', fact: 'monetaryScore', test: { op: 'gte', value: 4 } },
          { kind: 'lifecycle', stages: ['sleeping', 'lost'] },
        ],
      };
    case 'noSecondOrder':
      return {
        kind: 'all',
        of: [
          { kind: 'fact', fact: 'orders', test: { op: 'eq', value: 1 } },
          { kind: 'fact', fact: 'daysSinceFirstOrder', test: { op: 'gte', value: 14 } },
          { kind: 'fact', fact: 'daysSinceFirstOrder', test: { op: 'lte', value: 90 } },
        ],
      };
    case 'champions':
      return { kind: 'all', of: [{ kind: 'rfmGroup', groups: ['champions'] }] };
    case 'lapsedCategory':
      return {
        kind: 'all',
        of: [bought(365, []), { kind: 'not', of: bought(60, []) }],
      };
    case 'cannotLose':
      return { kind: 'all', of: [{ kind: 'rfmGroup', groups: ['cannotLose', 'atRisk'] }] };
    case 'basketNoOrder':
      return {
        kind: 'all',
        of: [
          {
            kind: 'events',
            event: 'Product Added',
            test: { op: 'gte', value: 1 },
            window: { kind: 'rolling', days: 7 },
          },
          { kind: 'not', of: bought(7) },
        ],
      };
    case 'bigSpenders':
      return {
        kind: 'all',
        of: [
          {
            kind: 'orders',
            measure: 'sumCents',
            test: { op: 'gte', value: minor(2_000) },
            window: { kind: 'rolling', days: 365 },
          },
        ],
      };
    case 'reachable':
      return {
        kind: 'all',
        of: [
          { kind: 'consent', channel: 'email', granted: true },
          { kind: 'fact', fact: 'daysSinceLastSeen', test: { op: 'lte', value: 90 } },
        ],
      };
  }
}
