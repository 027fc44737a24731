import { useLocation } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Anchor } from '../ui/anchor.tsx';
import { useTo } from './address.ts';
import { useText } from './i18n.ts';
import { useNavigation } from './use-navigation.ts';

/** The pages by group; the one in sight is marked. Folded, only the pictures remain. */
export function Navigation({ folded = false, onGo }: { folded?: boolean; onGo?: () => void }) {
  const { t } = useTranslation('shell');
  const text = useText();
  const to = useTo();
  const here = useLocation({ select: (location) => location.pathname });
  return (
    <nav aria-label={t('nav.label')} className={folded ? 'qm-nav qm-nav-folded' : 'qm-nav'}>
      {useNavigation().map(({ group, pages }) => (
        <div key={group} className="qm-nav-group">
          {pages.length > 1 && <h2>{t(`nav.${group}`)}</h2>}
          <ul>
            {pages.map((page) => {
              const href = to(page.path);
              const current = here === href || here.startsWith(`${href}/`);
              const Icon = page.nav.icon;
              return (
                <li key={page.path}>
                  <Tooltip title={folded ? text(page.title) : undefined} placement="right">
                    <Anchor
                      href={href}
                      aria-current={current ? 'page' : undefined}
                      aria-label={folded ? text(page.title) : undefined}
                      onMouseEnter={() => void page.load()}
                      onClick={onGo}
                    >
                      <Icon />
                      {!folded && <span>{text(page.title)}</span>}
                    </Anchor>
                  </Tooltip>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
