import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../ui/format.ts';
import { keep, useKept } from '../ui/kept.ts';
import { cssVariables, type Mode, palettes } from '../ui/palette.ts';
import { PaletteContext } from '../ui/palette-context.ts';

export type ThemeChoice = Mode | 'system';

interface Preferences {
  language: Language;
  setLanguage: (language: Language) => void;
  theme: ThemeChoice;
  setTheme: (theme: ThemeChoice) => void;
  mode: Mode;
}
const PreferencesContext = createContext<Preferences | null>(null);

/** Language and theme of this browser. */
export function usePreferences(): Preferences {
  const found = useContext(PreferencesContext);
  if (!found) throw new Error('only inside Preferences');
  return found;
}

const dark = () => window.matchMedia('(prefers-color-scheme: dark)');

function useSystemMode(): Mode {
  return useSyncExternalStore(
    (changed) => {
      const query = dark();
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => (dark().matches ? 'dark' : 'light'),
  );
}

/** Colours go onto the root element before anything is painted with them. */
export function applyPalette(mode: Mode): void {
  const root = document.documentElement;
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(cssVariables(palettes[mode])))
    root.style.setProperty(name, value);
}

function asTheme(kept: string): ThemeChoice {
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const [language, setOwnLanguage] = useState(i18n.language as Language);
  const [kept, setKept] = useKept('theme', 'system');
  const system = useSystemMode();
  const theme = asTheme(kept);
  const mode = theme === 'system' ? system : theme;

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  useEffect(() => applyPalette(mode), [mode]);

  const value = useMemo<Preferences>(
    () => ({
      language,
      setLanguage: (next) => {
        keep('language', next);
        void i18n.changeLanguage(next);
        setOwnLanguage(next);
      },
      theme,
      setTheme: setKept,
      mode,
    }),
    [language, theme, mode, i18n, setKept],
  );
  const colours = useMemo(() => ({ mode, palette: palettes[mode] }), [mode]);
  return (
    <PreferencesContext value={value}>
      <PaletteContext value={colours}>{children}</PaletteContext>
    </PreferencesContext>
  );
}
