import { useCallback } from 'react';
import { useGoTo } from '../ui/anchor.tsx';
import { useWorkspaceId } from './session.tsx';

export type Search = Record<
  string,
  string | number | boolean | null | undefined | readonly (string | number)[]
>;

/** Address of a page inside a workspace. */
export function pageAddress(workspace: string, path: string, search: Search = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const written = query.toString();
  return `/w/${workspace}${path}${written ? `?${written}` : ''}`;
}

/** Address of a page of this workspace: `to('/customers', { lifecycle: 'new' })`. */
export function useTo() {
  const workspace = useWorkspaceId();
  return useCallback((path: string, search?: Search) => pageAddress(workspace, path, search), [workspace]);
}

/** Goes to a page of this workspace: `go('/customers/7')`. */
export function useGo() {
  const to = useTo();
  const goTo = useGoTo();
  return useCallback((path: string, search?: Search) => goTo(to(path, search)), [to, goTo]);
}

/** Where to go after signing in: only addresses of this console are followed. */
export function safeReturn(back: string | null): string {
  return back?.startsWith('/') &&
    !back.startsWith('//') &&
    !back.startsWith('/\\') &&
    !back.startsWith('/sign-in')
    ? back
    : '/';
}
