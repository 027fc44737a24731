import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Outlet, useLocation } from '@tanstack/react-router';
import { Button, Drawer } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { DemoBar } from '../demo/demo-bar.tsx';
import { Anchor } from '../ui/anchor.tsx';
import { useKept } from '../ui/kept.ts';
import { useTo } from './address.ts';
import { CommandPalette } from './command-palette.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { Logo } from './logo.tsx';
import { Navigation } from './navigation.tsx';
import { useSession } from './session.tsx';
import { TopBar } from './top-bar.tsx';

/** Sider, top bar and the page between them. */
export function Layout() {
  const { t } = useTranslation('shell');
  const { demo } = useSession();
  const to = useTo();
  const path = useLocation({ select: (location) => location.pathname });
  const [kept, keepFolded] = useKept('sider', 'open');
  const [drawer, setDrawer] = useState(false);
  const [finding, setFinding] = useState(false);
  const closePalette = useCallback(() => setFinding(false), []);
  const folded = kept === 'folded';
  useShortcut(() => setFinding((now) => !now));
  const main = useFocusOnNewPage(path);

  return (
    <div className={folded ? 'qm-shell qm-shell-folded' : 'qm-shell'}>
      <a className="qm-skip" href="#main">
        {t('skip')}
      </a>
      <div className="qm-sider">
        <Anchor
          href={to('/overview')}
          className="qm-brand"
          aria-label={`${t('brand', { ns: 'ui' })}, ${t('nav.overview')}`}
        >
          <Logo withName={!folded} />
        </Anchor>
        <Navigation folded={folded} />
        <Button
          type="text"
          className="qm-fold"
          icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          aria-label={t(folded ? 'nav.unfold' : 'nav.fold')}
          title={t(folded ? 'nav.unfold' : 'nav.fold')}
          onClick={() => keepFolded(folded ? 'open' : 'folded')}
        />
      </div>
      <Drawer
        open={drawer}
        onClose={() => setDrawer(false)}
        placement="left"
        size={272}
        title={<Logo withName />}
        styles={{ body: { padding: 8 } }}
      >
        <Navigation onGo={() => setDrawer(false)} />
      </Drawer>
      <div className="qm-body">
        <TopBar onMenu={() => setDrawer(true)} onFind={() => setFinding(true)} />
        {demo && <DemoBar />}
        <main id="main" tabIndex={-1} ref={main}>
          <ErrorBoundary key={path}>
            <Outlet />
          </ErrorBoundary>
        </main>
      </div>
      <CommandPalette open={finding} onClose={closePalette} />
    </div>
  );
}

function useShortcut(onFind: () => void) {
  const latest = useRef(onFind);
  latest.current = onFind;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== 'k' ||
        !(event.ctrlKey || event.metaKey) ||
        event.shiftKey ||
        event.altKey
      )
        return;
      event.preventDefault();
      // At once, so that the next key already goes into the field.
      flushSync(() => latest.current());
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

/** On another page the keyboard continues at its beginning, and a screen reader reads it. */
function useFocusOnNewPage(path: string) {
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);
  return main;
}
