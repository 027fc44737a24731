export type { SegmentMembers } from './customers.ts';
export { timelineKind } from './event-kinds.ts';
export {
  isPersonal,
  LONG_NUMBER,
  LOOKS_PERSONAL,
  maskEmail,
  maskIdentifier,
  maskName,
  maskPhone,
  maskProperties,
  maskValue,
  maskWords,
  mayHoldPhones,
  personalLook,
} from './masking.ts';
export { openProfile, type Profile } from './profile.ts';
export { profileRoutes } from './routes.ts';
export { NEVER_A_REPEAT, type SqlSource } from './sql-source.ts';
export { CONSENT, PERSON_TABLES, PROFILES, profileMigrations, TAGS, TRAITS } from './store.ch.ts';
export { foldText, NUMBER_PATTERN, numberIn } from './trait-value.ts';
