import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor, useGoTo } from '../ui/anchor.tsx';
import { createFormat } from '../ui/format.ts';
import { keep, readKept } from '../ui/kept.ts';
import { EmptyState, ErrorState, Loading, NoPermission } from '../ui/states.tsx';
import { FormatContext } from '../ui/use-format.ts';
import type { PageDef } from './domain.ts';
import { Layout } from './layout.tsx';
import { usePreferences } from './preferences.tsx';
import { serverNow } from './server-clock.ts';
import { HereContext, useSession, useSessionQuery, useWorkspace } from './session.tsx';
import { PageActionsProvider } from './use-actions.tsx';

/** Lets in who is signed in and belongs to the workspace of the address; the rest learn where to go. */
export function WorkspaceGate() {
  const { t } = useTranslation('shell');
  const { workspace: id = '' } = useParams({ strict: false }) as { workspace?: string };
  const { language } = usePreferences();
  const asked = useSessionQuery();
  const workspace = asked.data?.workspaces.find((one) => one.id === id);
  const here = useMemo(
    () => (asked.data && workspace ? { session: asked.data, workspace } : null),
    [asked.data, workspace],
  );
  const format = useMemo(
    () =>
      createFormat({
        language,
        currency: workspace?.currency ?? 'CNY',
        timeZone: workspace?.timeZone ?? 'Asia/Shanghai',
        now: serverNow,
      }),
    [language, workspace?.currency, workspace?.timeZone],
  );
  useEffect(() => {
    if (workspace) keep('workspace', workspace.id);
  }, [workspace]);

  if (asked.error && !asked.data)
    return <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading kind="page" />;
  if (!here) {
    const other = asked.data.workspaces[0];
    return (
      <main className="qm-alone">
        <EmptyState
          title={t('unknownWorkspace.title', { id })}
          text={t('unknownWorkspace.text')}
          action={
            other && (
              <Anchor href={`/w/${other.id}/overview`}>
                {t('unknownWorkspace.go', { name: other.name })}
              </Anchor>
            )
          }
        />
      </main>
    );
  }
  return (
    <HereContext value={here}>
      <FormatContext value={format}>
        <PageActionsProvider>
          <Layout />
        </PageActionsProvider>
      </FormatContext>
    </HereContext>
  );
}

/** Refuses a page to whose role does not include it, before it asks the server anything. */
export function PageGate({ page, children }: { page: PageDef; children: ReactNode }) {
  const { permissions } = useWorkspace();
  const { demo } = useSession();
  if ((page.permission && !permissions.includes(page.permission)) || (page.demo && !demo))
    return <NoPermission />;
  return children;
}

/** `/`: on to the workspace used last, or the first. */
export function Home() {
  const { t } = useTranslation('shell');
  const goTo = useGoTo();
  const { data, error, refetch } = useSessionQuery();
  const last = readKept('workspace');
  const target = data?.workspaces.find((one) => one.id === last) ?? data?.workspaces[0];
  useEffect(() => {
    if (target) goTo(`/w/${target.id}/overview`, { replace: true });
  }, [target, goTo]);
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data || target) return <Loading kind="page" />;
  return (
    <main className="qm-alone">
      <EmptyState
        title={t('noWorkspace.title')}
        text={t('noWorkspace.text')}
        action={
          <Button type="primary" onClick={() => goTo('/new-workspace')}>
            {t('noWorkspace.create')}
          </Button>
        }
      />
    </main>
  );
}
