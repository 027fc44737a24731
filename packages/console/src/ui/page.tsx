import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Anchor } from './anchor.tsx';

interface PageProps {
  /** What the page is called: heading, and title of the window. */
  title: string;
  /** The sentence computed from the data that the page says first. */
  headline?: ReactNode;
  /** One quieter line under it: as of when, compared with what. */
  note?: ReactNode;
  breadcrumbs?: { label: string; href: string }[];
  /** Buttons at the top right; the first is the next step. */
  actions?: ReactNode;
  /** Period, filters, tabs: one row above the content. */
  filters?: ReactNode;
  /** Reading width, for forms and texts. */
  narrow?: boolean;
  children: ReactNode;
}

/** Frame of every page: says it in a sentence first, then shows it. */
export function Page({ title, headline, note, breadcrumbs, actions, filters, narrow, children }: PageProps) {
  const { t } = useTranslation('ui');
  return (
    <div className={narrow ? 'qm-page qm-page-narrow' : 'qm-page'}>
      <title>{`${title} · ${t('brand')}`}</title>
      <header className="qm-page-head">
        <div className="qm-page-words">
          {breadcrumbs && (
            <nav aria-label={t('breadcrumbs')} className="qm-crumbs">
              {breadcrumbs.map((crumb) => (
                <Anchor key={crumb.href} href={crumb.href}>
                  {crumb.label}
                </Anchor>
              ))}
            </nav>
          )}
          <h1 className={headline ? 'qm-page-title qm-page-title-quiet' : 'qm-page-title'}>{title}</h1>
          {headline && <p className="qm-headline">{headline}</p>}
          {note && <p className="qm-note">{note}</p>}
        </div>
        {actions && <div className="qm-page-actions">{actions}</div>}
      </header>
      {filters && <div className="qm-filters">{filters}</div>}
      {children}
    </div>
  );
}
