export { type Identity, openIdentity, type WhoIs } from './identity.ts';
export {
  belongingTo,
  EVENTS,
  IDENTIFIERS,
  identityMigrations,
  OF_PERSON,
  ORDER_LINES,
  PEOPLE,
  SURVIVORS,
} from './store.ch.ts';
