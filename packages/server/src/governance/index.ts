export { type Accounts, openAccounts } from './accounts.ts';
export { type ApiKeys, openApiKeys } from './api-keys.ts';
export { type Audit, openAudit } from './audit.ts';
export { type Guesses, openGuesses } from './guesses.ts';
export { type Members, openMembers } from './members.ts';
export { LOCAL_OPERATOR } from './roles.ts';
export { authenticator, governanceRoutes } from './routes.ts';
export { openWorkspaces, type Workspaces } from './workspaces.ts';
