import { governanceEndpoints as e, PERMISSIONS_OF_ROLE, type Role, type Session } from '@qianmian/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../platform/errors.ts';
import { type Authenticate, type Mount, offsetCursor, type Principal, pageFrom } from '../platform/http.ts';
import { hashOf } from '../platform/secret.ts';
import { type Accounts, LOCAL_OPERATOR } from './accounts.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Audit } from './audit.ts';
import type { Members } from './members.ts';
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
      demo: parts.demo,
    };
  }

  mount(e.signIn, async ({ body, reply, request }) => {
    const account = await accounts.signIn(body.email, body.password);
    setCookie(reply, await accounts.startSession(account.id), request.protocol === 'https');
    return sessionOf(account.id);
  });
  mount(e.getSession, async ({ who }) => {
    if (who.kind === 'account') return sessionOf(who.id);
    const seen = (await workspaces.list()).flatMap((w) => {
      const allowed = who.permissionsIn(w.id);
      return allowed ? [{ ...w, role: roleWith(allowed.size), permissions: [...allowed] }] : [];
    });
    return { account: { id: who.id, email: '', name: who.name }, workspaces: seen, demo: parts.demo };
  });
  mount(e.signOut, async ({ request, reply }) => {
    const token = request.cookies[COOKIE];
    if (token) await accounts.endSession(token);
    reply.clearCookie(COOKIE, { path: '/' });
    return undefined;
  });
  mount(e.changePassword, async ({ who, body, request }) => {
    onlyAccounts(who);
    await accounts.changePassword(who.id, body.current, body.next, request.cookies[COOKIE] ?? '');
    return undefined;
  });

  mount(e.createWorkspace, async ({ who, body }) => {
    if (who.kind === 'apiKey' && who !== LOCAL_OPERATOR)
      throw new AppError({
        code: 'auth.forbidden',
        status: 403,
        detail: 'An API key belongs to one workspace and cannot make others.',
      });
    const owner = who.kind === 'account' ? who.id : null;
    const made = await workspaces.create(body, owner);
    if (!owner) await members.adopt(made.id);
    await audit.note(made.id, who, 'workspace.create', made.id);
    return made;
  });
  mount(e.getWorkspace, ({ workspace }) => workspaces.get(workspace));
  mount(e.updateWorkspace, async ({ workspace, body, who }) => {
    const changed = await workspaces.update(workspace, body);
    await audit.note(workspace, who, 'workspace.update', workspace, body);
    return changed;
  });

  mount(e.listMembers, ({ workspace }) => members.list(workspace));
  mount(e.addMember, async ({ workspace, body, who }) => {
    onlyOwnersMakeOwners(who, workspace, body.role, await members.roleOf(workspace, who));
    const added = await members.add(workspace, body);
    await audit.note(workspace, who, 'member.add', added.id, { role: body.role });
    return added;
  });
  mount(e.changeMember, async ({ workspace, params, body, who }) => {
    const before = await members.one(workspace, params.id);
    const role = await members.roleOf(workspace, who);
    onlyOwnersMakeOwners(who, workspace, body.role, role);
    onlyOwnersMakeOwners(who, workspace, before.role, role);
    const changed = await members.change(workspace, params.id, body.role);
    await audit.note(workspace, who, 'member.change', params.id, { role: body.role });
    return changed;
  });
  mount(e.removeMember, async ({ workspace, params, who }) => {
    const before = await members.one(workspace, params.id);
    onlyOwnersMakeOwners(who, workspace, before.role, await members.roleOf(workspace, who));
    await members.remove(workspace, params.id);
    await audit.note(workspace, who, 'member.remove', params.id);
    return undefined;
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

function onlyAccounts(who: Principal): void {
  if (who.kind !== 'account')
    throw new AppError({
      code: 'auth.accounts_only',
      status: 403,
      detail: 'Only a person who signed in has a password.',
    });
}

/** Who may manage members may not make themselves, or unmake, what they are not. */
function onlyOwnersMakeOwners(who: Principal, workspace: string, role: Role, own: Role | null): void {
  if (role !== 'owner' || own === 'owner' || who === LOCAL_OPERATOR) return;
  throw new AppError({
    code: 'member.owners_only',
    status: 403,
    detail: `Only an owner of "${workspace}" may add, change or remove owners.`,
  });
}

function roleWith(permissions: number): Role {
  return (Object.entries(PERMISSIONS_OF_ROLE).find(([, p]) => p.length === permissions)?.[0] ??
    'viewer') as Role;
}
