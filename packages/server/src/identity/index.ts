export { type Identity, openIdentity } from './identity.ts';
export { EVENTS, IDENTIFIERS, identityMigrations, ORDER_LINES, PEOPLE } from './store.ch.ts';
