import {
  BgColorsOutlined,
  DownOutlined,
  MenuOutlined,
  SearchOutlined,
  TranslationOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useGoTo } from '../ui/anchor.tsx';
import { useGo } from './address.ts';
import { call } from './api.ts';
import { usePreferences } from './preferences.tsx';
import { useSession, useWorkspace } from './session.tsx';

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

/** Workspace, search, language, theme and account. */
export function TopBar({ onMenu, onFind }: { onMenu: () => void; onFind: () => void }) {
  const { t } = useTranslation('shell');
  return (
    <header className="qm-top">
      <Button
        className="qm-top-menu"
        type="text"
        icon={<MenuOutlined />}
        aria-label={t('nav.open')}
        onClick={onMenu}
      />
      <WorkspaceSwitcher />
      <button
        type="button"
        className="qm-find"
        title={t('top.find')}
        onClick={onFind}
        aria-keyshortcuts="Control+K Meta+K"
      >
        <SearchOutlined aria-hidden="true" />
        <span>{t('top.find')}</span>
        <kbd>{isMac ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <div className="qm-top-end">
        <LanguageChoice />
        <ThemeChoice />
        <AccountMenu />
      </div>
    </header>
  );
}

function WorkspaceSwitcher() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const workspace = useWorkspace();
  const goTo = useGoTo();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [workspace.id],
        items: [
          ...session.workspaces.map((one) => ({
            key: one.id,
            label: one.name,
            onClick: () => goTo(`/w/${one.id}/overview`),
          })),
          { type: 'divider' as const },
          { key: ' new', label: t('top.newWorkspace'), onClick: () => goTo('/new-workspace') },
        ],
      }}
    >
      <Button type="text" className="qm-workspace" aria-label={`${t('top.workspace')}: ${workspace.name}`}>
        <span>{workspace.name}</span>
        <DownOutlined aria-hidden="true" />
      </Button>
    </Dropdown>
  );
}

/** Chosen at sign-in too, so that it stands alone. */
export function LanguageChoice() {
  const { t } = useTranslation('shell');
  const { language, setLanguage } = usePreferences();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [language],
        items: [
          { key: 'zh', label: <span lang="zh-CN">简体中文</span>, onClick: () => setLanguage('zh') },
          { key: 'en', label: <span lang="en">English</span>, onClick: () => setLanguage('en') },
        ],
      }}
    >
      <Button
        type="text"
        icon={<TranslationOutlined />}
        aria-label={t('top.language')}
        title={t('top.language')}
      />
    </Dropdown>
  );
}

export function ThemeChoice() {
  const { t } = useTranslation('shell');
  const { theme, setTheme } = usePreferences();
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        selectedKeys: [theme],
        items: (['light', 'dark', 'system'] as const).map((key) => ({
          key,
          label: t(`top.${key}`),
          onClick: () => setTheme(key),
        })),
      }}
    >
      <Button type="text" icon={<BgColorsOutlined />} aria-label={t('top.theme')} title={t('top.theme')} />
    </Dropdown>
  );
}

function AccountMenu() {
  const { t } = useTranslation('shell');
  const { account } = useSession();
  const workspace = useWorkspace();
  const go = useGo();
  const signOut = async () => {
    await call(api.signOut, {}).catch(() => undefined);
    // Loading the page anew forgets everything that was on screen.
    window.location.assign('/sign-in');
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          {
            key: 'who',
            type: 'group',
            label: (
              <span className="qm-account">
                <b>{account.name}</b>
                <span>{account.email}</span>
                <span>{t(`role.${workspace.role}`)}</span>
              </span>
            ),
          },
          { key: 'password', label: t('top.changePassword'), onClick: () => go('/password') },
          { key: 'out', label: t('top.signOut'), onClick: () => void signOut() },
        ],
      }}
    >
      <Button
        type="text"
        icon={<UserOutlined />}
        aria-label={`${t('top.account')}: ${account.name}`}
        title={account.name}
      />
    </Dropdown>
  );
}
