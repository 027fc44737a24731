/**
 * The domains in their one order: imports inside the server run only to the left, through a domain's `index.ts`.
 * `demo` is no domain of the product but the world outside it; nothing may import it but `app.ts`.
 */
export const DOMAINS = [
  'platform',
  'governance',
  'catalog',
  'collect',
  'identity',
  'profile',
  'segment',
  'market',
  'forecast',
  'inventory',
  'pricing',
  'predict',
  'recommend',
  'promotion',
  'loyalty',
  'listening',
  'service',
  'campaign',
  'insight',
  'demo',
] as const;
