import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Logo } from '../shell/logo.tsx';
import { LanguageChoice, ThemeChoice } from '../shell/top-bar.tsx';

/** A page of who is not in a workspace yet: one card, and the choice of language and theme. */
export function Alone({ title, text, children }: { title: string; text?: ReactNode; children?: ReactNode }) {
  const { t: ui } = useTranslation('ui');
  return (
    <main className="qm-alone">
      <title>{`${title} · ${ui('brand')}`}</title>
      <div className="qm-alone-choices">
        <LanguageChoice />
        <ThemeChoice />
      </div>
      <div className="qm-card">
        <Logo withName />
        <h1>{title}</h1>
        {text && <p className="qm-note">{text}</p>}
        {children}
      </div>
    </main>
  );
}
