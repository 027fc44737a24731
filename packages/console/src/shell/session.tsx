import { api, type Membership, type Permission, type Session } from '@qianmian/contract';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { createContext, useContext } from 'react';
import { call } from './api.ts';

export const SESSION_KEY = [api.getSession.path, api.getSession.method] as const;

/** Who is signed in, asked once and kept. */
export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => call(api.getSession, {}, { signal }),
    staleTime: 60_000,
  });
}

interface Here {
  session: Session;
  workspace: Membership;
}
export const HereContext = createContext<Here | null>(null);

function useHere(): Here {
  const here = useContext(HereContext);
  if (!here) throw new Error('only inside a workspace');
  return here;
}

/** The workspace of the address, as the signed-in account sees it. */
export function useWorkspace(): Membership {
  return useHere().workspace;
}

export function useSession(): Session {
  return useHere().session;
}

/** Id in the address; empty outside a workspace. */
export function useWorkspaceId(): string {
  const { workspace = '' } = useParams({ strict: false }) as { workspace?: string };
  return workspace;
}

/** Whether the signed-in account may do something here: `const canWrite = useCan('segment.write')`. */
export function useCan(permission: Permission): boolean {
  return useWorkspace().permissions.includes(permission);
}
