import { governanceEndpoints as e, PERMISSIONS_OF_ROLE, type Role, type Session } from '@qianmian/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { offsetCursor, pageFrom } from '../platform/cursor.ts';
import { notFound } from '../platform/errors.ts';
import type { Authenticate, Mount } from '../platform/http.ts';
import { hashOf } from '../platform/secret.ts';
import type { Accounts } from './accounts.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Audit } from './audit.ts';
import { accountsOnly, forbidden, workspaceOwnersOnly } from './errors.ts';
import type { Members } from './members.ts';
import { LOCAL_OPERATOR } from './roles.ts';
import type { Workspaces } from './workspaces.ts';

const COOKIE = 'qm_session';

/** Finds the caller by API key, by the local command line's token, or by session cookie. */
export function authenticator(parts: {
  accounts: Accounts;
  apiKeys: ApiKeys;
  localToken: string;
}): Authenticate {
  const localHash = hashOf(parts.localToken);
  return async (request: FastifyRequest) => {
    const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer) return hashOf(bearer) === localHash ? LOCAL_OPERATOR : parts.apiKeys.principalOf(bearer);
    const token = request.cookies[COOKIE];
    return token ? parts.accounts.principalOfSession(token) : null;
  };
}

/** HTTP edge of governance. */
export function governanceRoutes(
  mount: Mount,
  parts: {
    accounts: Accounts;
    apiKeys: ApiKeys;
    members: Members;
    workspaces: Workspaces;
    audit: Audit;
    demo: boolean;
  },
): void {
  const { accounts, apiKeys, members, workspaces, audit } = parts;

  async function sessionOf(accountId: string): Promise<Session> {
    const account = await accounts.byId(accountId);
    return {
      account: { id: account.id, email: account.email, name: account.name },
      workspaces: await accounts.membershipsOf(account.id),
      mayCreateWorkspaces: await accounts.mayCreateWorkspaces(account.id),
      demo: parts.demo,
    };
  }

  /** Signs an account in: the answer to whoever proved to own it. */
  async function admit(accountId: string, { reply, secure }: { reply: FastifyReply; secure: boolean }) {
    setCookie(reply, await accounts.startSession(accountId), secure);
    return sessionOf(accountId);
  }

  mount(e.signIn, async (call) => {
    const { email, password } = call.body;
    return admit((await accounts.signIn(email, password, call.request.ip)).id, call);
  });
  mount(e.getSession, async ({ who }) => {
    if (who.kind === 'account') return sessionOf(who.id);
    const seen = (await workspaces.list()).flatMap((w) => {
      const allowed = who.permissionsIn(w.id);
      return allowed ? [{ ...w, role: roleWith(allowed.size), permissions: [...allowed] }] : [];
    });
    return {
      account: { id: who.id, email: '', name: who.name },
      workspaces: seen,
      mayCreateWorkspaces: who === LOCAL_OPERATOR,
      demo: parts.demo,
    };
  });
  mount(e.signOut, async ({ request, reply }) => {
    const token = request.cookies[COOKIE];
    if (token) await accounts.endSession(token);
    reply.clearCookie(COOKIE, { path: '/' });
    return undefined;
  });
  mount(e.changePassword, async ({ who, body, request }) => {
    if (who.kind !== 'account') throw accountsOnly();
    const keepToken = request.cookies[COOKIE] ?? '';
    await accounts.changePassword(who.id, { ...body, keepToken, address: request.ip });
    return undefined;
  });

  mount(e.readLink, async ({ body: { token } }) => {
    if (accounts.passwordLinks.isOne(token)) {
      const { email, name, expires_at } = await accounts.passwordLinks.read(token);
      const link = { email, name, workspace: null, hasAccount: true, expiresAt: expires_at.toISOString() };
      return { purpose: 'password' as const, ...link };
    }
    const { expiresAt, ...invited } = await members.invitations.read(token);
    return { purpose: 'join' as const, ...invited, expiresAt: expiresAt.toISOString() };
  });
  mount(e.redeemLink, async (call) => {
    const { token, ...given } = call.body;
    if (accounts.passwordLinks.isOne(token))
      return admit(await accounts.passwordLinks.redeem(token, given.password), call);
    const joined = await members.invitations.redeem(token, { ...given, address: call.request.ip });
    const who = {
      kind: 'account' as const,
      id: joined.accountId,
      name: joined.email,
      permissionsIn: () => null,
    };
    await audit.note(joined.workspace, who, 'invitation.accept', joined.accountId);
    return admit(joined.accountId, call);
  });
  mount(e.makeOwnerPasswordLink, async ({ who, body }) => {
    if (who !== LOCAL_OPERATOR)
      throw forbidden('Only the command line on the server may make a link for any account.');
    const account = body.email ? await accounts.byEmail(body.email) : await accounts.founder();
    if (!account) throw notFound('account', body.email ?? 'owner');
    return { email: account.email, ...(await accounts.passwordLinks.make(account.id)) };
  });

  mount(e.createWorkspace, async ({ who, body }) => {
    if (who.kind === 'apiKey' && who !== LOCAL_OPERATOR)
      throw forbidden('An API key belongs to one workspace and cannot make others.');
    if (who.kind === 'account' && !(await accounts.mayCreateWorkspaces(who.id))) throw workspaceOwnersOnly();
    const owner = who.kind === 'account' ? who.id : null;
    const made = await workspaces.create(body, owner);
    if (!owner) await members.adopt(made.id);
    await audit.note(made.id, who, 'workspace.create', made.id);
    return made;
  });
  mount(e.getWorkspace, async ({ workspace }) => ({
    ...(await workspaces.get(workspace)),
    isCurrencyFixed: await workspaces.isCurrencyFixed(workspace),
  }));
  mount(e.updateWorkspace, async ({ workspace, body, who }) => {
    const changed = await workspaces.update(workspace, body);
    await audit.note(workspace, who, 'workspace.update', workspace, body);
    return changed;
  });

  mount(e.listMembers, ({ workspace }) => members.list(workspace));
  mount(e.addMember, async ({ workspace, body, who }) => {
    const made = await members.invitations.make(who, workspace, body);
    await audit.note(workspace, who, 'invitation.create', made.id, { role: body.role });
    return made;
  });
  mount(e.listInvitations, ({ workspace }) => members.invitations.list(workspace));
  mount(e.withdrawInvitation, async ({ workspace, params, who }) => {
    await members.invitations.withdraw(who, workspace, params.id);
    await audit.note(workspace, who, 'invitation.withdraw', params.id);
    return undefined;
  });
  mount(e.changeMember, async ({ workspace, params, body, who }) => {
    const changed = await members.change(who, workspace, params.id, body.role);
    await audit.note(workspace, who, 'member.change', params.id, { role: body.role });
    return changed;
  });
  mount(e.removeMember, async ({ workspace, params, who }) => {
    await members.remove(who, workspace, params.id);
    await audit.note(workspace, who, 'member.remove', params.id);
    return undefined;
  });
  mount(e.makePasswordLink, async ({ workspace, params, who }) => {
    const link = await members.makePasswordLink(who, workspace, params.id);
    await audit.note(workspace, who, 'password_link.create', params.id);
    return link;
  });

  mount(e.listApiKeys, ({ workspace }) => apiKeys.list(workspace));
  mount(e.createApiKey, async ({ workspace, body, who }) => {
    const made = await apiKeys.create(workspace, body);
    await audit.note(workspace, who, 'api_key.create', made.id, { name: body.name, role: body.role });
    return made;
  });
  mount(e.deleteApiKey, async ({ workspace, params, who }) => {
    await apiKeys.remove(workspace, params.id);
    await audit.note(workspace, who, 'api_key.delete', params.id);
    return undefined;
  });
  mount(e.listAudit, async ({ workspace, query }) => {
    const page = { limit: query.limit, offset: offsetCursor(query.cursor) };
    return pageFrom(await audit.list(workspace, { ...page, limit: page.limit + 1 }), page);
  });
}

function setCookie(reply: FastifyReply, token: string, secure: boolean): void {
  reply.setCookie(COOKIE, token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
    maxAge: 30 * 24 * 3600,
  });
}

function roleWith(permissions: number): Role {
  return (Object.entries(PERMISSIONS_OF_ROLE).find(([, p]) => p.length === permissions)?.[0] ??
    'viewer') as Role;
}
