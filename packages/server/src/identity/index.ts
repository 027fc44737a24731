export { OF_PERSON } from '../collect/index.ts';
export { openRules } from './change-rules.ts';
export { openDecisions } from './decisions.ts';
export { openFolding } from './fold.ts';
export { type Identity, openIdentity, type WhoIs } from './identity.ts';
export { identityJobs, SLOW_IDENTITY_JOBS } from './jobs.ts';
export { openPersonIdentity } from './person-identity.ts';
export { openReview, type People } from './review.ts';
export { identityRoutes } from './routes.ts';
export {
  belongingTo,
  EVENTS,
  IDENTIFIERS,
  identityMigrations,
  ORDER_LINES,
  PEOPLE,
  SURVIVORS,
} from './store.ch.ts';
