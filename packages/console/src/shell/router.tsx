import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../ui/anchor.tsx';
import { EmptyState, Loading } from '../ui/states.tsx';
import type { PageDef } from './domain.ts';
import { domains } from './domains.ts';
import { Crashed } from './error-boundary.tsx';
import { Home, PageGate, WorkspaceGate } from './gate.tsx';
import { WayBack } from './way-back.tsx';

/** Addresses hold plain words, not JSON: pages read them by `useAddressState`. */
function parseSearch(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}
function stringifySearch(search: Record<string, unknown>): string {
  const written = new URLSearchParams(search as Record<string, string>).toString();
  return written ? `?${written}` : '';
}

function NotFound() {
  const { t } = useTranslation('shell');
  return (
    <EmptyState
      title={t('notFound.title')}
      text={t('notFound.text')}
      action={<Anchor href="/">{t('notFound.home')}</Anchor>}
    />
  );
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crashed });

const workspace = createRoute({
  getParentRoute: () => root,
  path: '/w/$workspace',
  component: WorkspaceGate,
  notFoundComponent: NotFound,
});

function pageRoute(page: PageDef) {
  const Body = lazy(page.load);
  return createRoute({
    getParentRoute: () => workspace,
    path: page.path,
    component: () => (
      <PageGate page={page}>
        <Suspense fallback={<Loading kind="page" />}>
          <Body />
        </Suspense>
      </PageGate>
    ),
  });
}

const home = createRoute({ getParentRoute: () => root, path: '/', component: Home });
const workspaceHome = createRoute({ getParentRoute: () => workspace, path: '/', component: Home });
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../governance/sign-in.tsx')),
});
const NewWorkspace = lazy(() => import('../governance/new-workspace.tsx'));
const newWorkspace = createRoute({
  getParentRoute: () => root,
  path: '/new-workspace',
  component: () => (
    <>
      <WayBack />
      <Suspense fallback={<Loading kind="page" />}>
        <NewWorkspace />
      </Suspense>
    </>
  ),
});

/** All addresses of the console, made from what the domains declare. */
export function createConsoleRouter() {
  const pages = domains.flatMap((domain) => domain.pages).map(pageRoute);
  return createRouter({
    routeTree: root.addChildren([
      home,
      signIn,
      newWorkspace,
      workspace.addChildren([workspaceHome, ...pages]),
    ]),
    parseSearch,
    stringifySearch,
    defaultPendingComponent: () => <Loading kind="page" />,
  });
}
