import { z } from 'zod';
import { endpoint, inWorkspace, isoTime, pageOf, pageQuery, withId, workspaceId } from './endpoint.ts';
import { permission, role } from './permission.ts';

export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as CNY');
/** Where phone numbers without a country code are from. */
export const countryCode = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code such as CN');
export const timeZoneName = z.string().min(1).max(60);

/** A workspace: one retailer (or brand) with its own people, data and settings. */
export const workspace = z.object({
  id: workspaceId,
  name: z.string().min(1).max(80),
  currency: currencyCode,
  timeZone: timeZoneName,
  /**
   * Where phone numbers without a country code are from: as it was set, else where time zone and currency leave no doubt.
   * Null: numbers count only with a country code.
   */
  country: countryCode.nullable(),
  createdAt: isoTime,
});
export type Workspace = z.infer<typeof workspace>;

// Without defaults: what a change leaves out stays as it is.
const workspaceSettings = z.object({
  name: z.string().trim().min(1).max(80),
  currency: currencyCode,
  timeZone: timeZoneName,
  country: countryCode.nullish(),
});

export const workspaceDraft = workspaceSettings.extend({
  id: workspaceId,
  currency: currencyCode.default('CNY'),
  timeZone: timeZoneName.default('Asia/Shanghai'),
});

export const email = z.string().trim().toLowerCase().max(254).pipe(z.email());

export const account = z.object({ id: z.string(), email: z.string(), name: z.string() });

/** A workspace as the signed-in account sees it. */
export const membership = workspace.extend({ role, permissions: z.array(permission) });
export type Membership = z.infer<typeof membership>;

export const session = z.object({
  account,
  workspaces: z.array(membership),
  /** Owners of a workspace may, and the account the server was set up with. */
  mayCreateWorkspaces: z.boolean(),
  demo: z.boolean(),
});
export type Session = z.infer<typeof session>;

export const member = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  createdAt: isoTime,
  lastSeenAt: isoTime.nullable(),
});

/** A person who was invited into a workspace and has not come yet. */
export const invitation = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  invitedBy: z.string(),
  createdAt: isoTime,
  expiresAt: isoTime,
});

/** A link that works once: `path` stands below the console's address and holds a secret that is shown only here. */
export const oneTimeLink = z.object({ path: z.string(), expiresAt: isoTime });

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  role,
  prefix: z.string(),
  createdAt: isoTime,
  lastUsedAt: isoTime.nullable(),
});

export const auditEntry = z.object({
  id: z.string(),
  at: isoTime,
  actor: z.string(),
  action: z.string(),
  target: z.string(),
  /** What the target was called when the entries shown so far last named it; null where none did. */
  targetName: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
});

/** A password that is being chosen; one that is only checked may be anything. */
export const newPassword = z.string().min(10, 'must have at least 10 characters').max(200);

export const governanceEndpoints = {
  signIn: endpoint({
    method: 'POST',
    path: '/v1/session',
    summary: 'Sign in with e-mail and password; answers a session cookie',
    domain: 'governance',
    access: 'public',
    body: z.object({ email, password: z.string().min(1).max(200) }),
    response: session,
  }),
  getSession: endpoint({
    method: 'GET',
    path: '/v1/session',
    summary: 'Who is signed in, and where they may go',
    domain: 'governance',
    access: 'signedIn',
    response: session,
  }),
  signOut: endpoint({
    method: 'DELETE',
    path: '/v1/session',
    summary: 'Sign out',
    domain: 'governance',
    access: 'signedIn',
  }),
  changePassword: endpoint({
    method: 'PUT',
    path: '/v1/session/password',
    summary: 'Change the own password; ends every other session of the account',
    domain: 'governance',
    access: 'signedIn',
    body: z.object({ current: z.string().min(1).max(200), next: newPassword }),
  }),
  createWorkspace: endpoint({
    method: 'POST',
    path: '/v1/workspaces',
    summary: 'Create a workspace; the creator becomes its owner, and must be an owner already',
    domain: 'governance',
    access: 'signedIn',
    body: workspaceDraft,
    response: workspace,
  }),
  getWorkspace: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace',
    summary: 'A workspace with its settings',
    domain: 'governance',
    access: 'overview.read',
    params: inWorkspace,
    response: workspace.extend({
      /** Amounts are stored, which are not converted: the currency cannot be changed any more. */
      isCurrencyFixed: z.boolean(),
    }),
  }),
  updateWorkspace: endpoint({
    method: 'PATCH',
    path: '/v1/workspaces/:workspace',
    summary:
      'Change name, time zone or country of phone numbers of a workspace, and its currency as long as no amounts are stored',
    domain: 'governance',
    access: 'settings.write',
    params: inWorkspace,
    body: workspaceSettings.partial(),
    response: workspace,
  }),
  listMembers: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/members',
    summary: 'People who may enter the workspace',
    domain: 'governance',
    access: 'settings.read',
    params: inWorkspace,
    response: z.array(member),
  }),
  addMember: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/members',
    summary: 'Invite a person; the answer holds their link once, and asked again makes a new one',
    domain: 'governance',
    access: 'settings.write',
    params: inWorkspace,
    // Strict: who still sends a first password must learn that nobody but the person sets it.
    body: z.strictObject({ email, name: z.string().trim().min(1).max(80), role }),
    /** `hasAccount`: they come in with the password they have; else they choose one. */
    response: invitation.extend({ hasAccount: z.boolean(), link: oneTimeLink }),
  }),
  listInvitations: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/invitations',
    summary: 'People invited who have not come yet',
    domain: 'governance',
    access: 'settings.read',
    params: inWorkspace,
    response: z.array(invitation),
  }),
  withdrawInvitation: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/invitations/:id',
    summary: 'Withdraw an invitation; its link works no more',
    domain: 'governance',
    access: 'settings.write',
    params: withId,
  }),
  makePasswordLink: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/members/:id/password-link',
    summary: 'Make a link with which a member sets a new password',
    domain: 'governance',
    access: 'settings.write',
    params: withId,
    response: oneTimeLink,
  }),
  makeOwnerPasswordLink: endpoint({
    method: 'POST',
    path: '/v1/password-link',
    summary:
      'The same for any account, from the command line on the server; the first account when none is named',
    domain: 'governance',
    access: 'signedIn',
    body: z.object({ email: email.optional() }),
    response: oneTimeLink.extend({ email: z.string() }),
  }),
  readLink: endpoint({
    method: 'POST',
    path: '/v1/link',
    summary: 'What a link is for: to join a workspace, or to set a password',
    domain: 'governance',
    access: 'public',
    body: z.object({ token: z.string().max(200) }),
    response: z.object({
      purpose: z.enum(['join', 'password']),
      email: z.string(),
      name: z.string(),
      /** Where it leads; null for a password. */
      workspace: z.object({ id: z.string(), name: z.string(), role }).nullable(),
      hasAccount: z.boolean(),
      expiresAt: isoTime,
    }),
  }),
  redeemLink: endpoint({
    method: 'POST',
    path: '/v1/link/use',
    summary:
      'Use a link, once; answers a session cookie. `password` is chosen here, or proves an account there is',
    domain: 'governance',
    access: 'public',
    body: z.object({
      token: z.string().max(200),
      password: z.string().min(1).max(200),
      name: z.string().trim().min(1).max(80).optional(),
    }),
    response: session,
  }),
  changeMember: endpoint({
    method: 'PATCH',
    path: '/v1/workspaces/:workspace/members/:id',
    summary: 'Change the role of a member',
    domain: 'governance',
    access: 'settings.write',
    params: withId,
    body: z.object({ role }),
    response: member,
  }),
  removeMember: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/members/:id',
    summary: 'Take a person out of the workspace',
    domain: 'governance',
    access: 'settings.write',
    params: withId,
  }),
  listApiKeys: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/api-keys',
    summary: 'Keys for programs; the secret is never shown again',
    domain: 'governance',
    access: 'settings.read',
    params: inWorkspace,
    response: z.array(apiKey),
  }),
  createApiKey: endpoint({
    method: 'POST',
    path: '/v1/workspaces/:workspace/api-keys',
    summary: 'Create a key for a program; the answer holds the secret once',
    domain: 'governance',
    access: 'settings.write',
    params: inWorkspace,
    body: z.object({
      name: z.string().trim().min(1).max(80),
      role: role.exclude(['owner']).default('operator'),
    }),
    response: apiKey.extend({ secret: z.string() }),
  }),
  deleteApiKey: endpoint({
    method: 'DELETE',
    path: '/v1/workspaces/:workspace/api-keys/:id',
    summary: 'Revoke a key at once',
    domain: 'governance',
    access: 'settings.write',
    params: withId,
  }),
  listAudit: endpoint({
    method: 'GET',
    path: '/v1/workspaces/:workspace/audit',
    summary: 'Who did what, newest first',
    domain: 'governance',
    access: 'audit.read',
    params: inWorkspace,
    query: pageQuery,
    response: pageOf(auditEntry),
  }),
};
