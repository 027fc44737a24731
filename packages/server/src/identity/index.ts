export { type Identity, openIdentity } from './identity.ts';
export { EVENTS, IDENTIFIERS, identityMigrations, ORDER_LINES, PEOPLE, SURVIVORS } from './store.ch.ts';
