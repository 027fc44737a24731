import { SearchOutlined } from '@ant-design/icons';
import { api } from '@qianmian/contract';
import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { displayName } from '../profile/names.ts';
import { useGoTo } from '../ui/anchor.tsx';
import { nameIn } from '../ui/name-in.ts';
import { useFormat } from '../ui/use-format.ts';
import type { Action } from './actions.ts';
import { useTo } from './address.ts';
import { domains } from './domains.ts';
import { useText } from './i18n.ts';
import type { TextKey } from './locales.ts';
import { type Command, groupCommands } from './palette-ranking.ts';
import { useOffers, usePageOffers, useRunAction } from './use-actions.tsx';
import { useApi } from './use-api.ts';
import { useNavigation } from './use-navigation.ts';

/** A text in both languages: people type either, whichever they read. */
function useBothLanguages() {
  const { i18n } = useTranslation();
  return useMemo(() => {
    const [zh, en] = [i18n.getFixedT('zh'), i18n.getFixedT('en')] as unknown as ((key: TextKey) => string)[];
    return (key: TextKey) => [zh?.(key) ?? '', en?.(key) ?? ''];
  }, [i18n]);
}

function useStandingCommands(close: () => void): Command[] {
  const [text, both, to, goTo] = [useText(), useBothLanguages(), useTo(), useGoTo()];
  const [runAction, offers, onPage, groups] = [useRunAction(), useOffers(), usePageOffers(), useNavigation()];
  const { t } = useTranslation('shell');
  return useMemo(() => {
    const command = (action: Action<never>, run: () => void, detail?: string): Command => ({
      id: action.id,
      group: 'actions',
      title: text(action.label),
      detail,
      words: both(action.label),
      run: () => {
        close();
        run();
      },
    });
    const everywhere = domains
      .flatMap((domain) => domain.actions ?? [])
      .filter((action) => offers(action, undefined));
    return [
      ...onPage.map(({ action, run }) => command(action, run, t('palette.here'))),
      ...everywhere.map((action) =>
        command(action as unknown as Action<never>, () => void runAction(action, undefined)),
      ),
      ...groups.flatMap(({ group, pages }) =>
        pages.map(
          (page): Command => ({
            id: page.path,
            group: 'pages',
            title: text(page.title),
            detail: pages.length > 1 ? t(`nav.${group}`) : undefined,
            words: [...both(page.title), page.path.slice(1)],
            run: () => {
              close();
              goTo(to(page.path));
            },
          }),
        ),
      ),
    ];
  }, [text, both, to, goTo, runAction, offers, onPage, groups, close, t]);
}

function useHits(query: string, close: () => void): { hits: Command[]; searching: boolean } {
  const [asked, setAsked] = useState('');
  const [to, goTo] = [useTo(), useGoTo()];
  const { t } = useTranslation('shell');
  const { t: names } = useTranslation('profile');
  const { language } = useFormat();
  useEffect(() => {
    const waiting = setTimeout(() => setAsked(query.trim().slice(0, 100)), 150);
    return () => clearTimeout(waiting);
  }, [query]);
  const answer = useApi(api.search, { query: { q: asked } }, { enabled: asked.length > 0, keep: true });
  const hits = useMemo(() => {
    if (!asked) return [];
    const leads = Object.assign({}, ...domains.map((domain) => domain.hits ?? {})) as Record<
      string,
      ((id: string) => string) | undefined
    >;
    return (answer.data ?? []).flatMap((hit): Command[] => {
      const path = leads[hit.kind]?.(hit.id);
      if (!path) return [];
      const kind = t(`palette.kind.${hit.kind}`);
      return [
        {
          id: `${hit.kind}:${hit.id}`,
          group: 'hits',
          title: hit.knownBy
            ? displayName(names, { name: '', knownBy: hit.knownBy })
            : nameIn(language, { name: hit.title, nameZh: hit.titleZh }, hit.id),
          detail: hit.detail ? `${kind} · ${hit.detail}` : kind,
          words: [],
          run: () => {
            close();
            goTo(to(path));
          },
        },
      ];
    });
  }, [asked, answer.data, to, goTo, close, t, names, language]);
  return {
    hits,
    searching: query.trim() !== '' && (answer.isFetching || asked !== query.trim().slice(0, 100)),
  };
}

/** Ctrl/Cmd-K: every page, action, customer, segment, campaign and product by its name. */
export function CommandPalette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation('shell');
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!open || !element) return;
    element.showModal();
    return () => element.close();
  }, [open]);
  if (!open) return null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it by itself; the click is the one on the ground around
    <dialog
      ref={dialog}
      className="qm-palette"
      aria-label={t('palette.label')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <PaletteBody close={onClose} />
    </dialog>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const { t } = useTranslation('shell');
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const standing = useStandingCommands(close);
  const { hits, searching } = useHits(query, close);
  const found = useMemo(() => groupCommands(query, standing, hits), [query, standing, hits]);
  const flat = found.flatMap(({ commands }) => commands);
  const chosen = flat[Math.min(at, flat.length - 1)];

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query begins at the top
  useEffect(() => setAt(0), [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another is chosen, it is brought into sight
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id]);

  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt((now) => (now + 1) % Math.max(1, flat.length));
    else if (event.key === 'ArrowUp') setAt((now) => (now - 1 + flat.length) % Math.max(1, flat.length));
    else if (event.key === 'Enter') chosen?.run();
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className="qm-palette-field">
        <SearchOutlined aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="qm-palette-list"
          aria-activedescendant={chosen ? `qm-command-${chosen.id}` : undefined}
          aria-label={t('palette.label')}
          placeholder={t('palette.placeholder')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKey}
        />
      </div>
      <div
        className="qm-palette-list"
        id="qm-palette-list"
        role="listbox"
        aria-label={t('palette.label')}
        ref={list}
      >
        {found.map(({ group, commands }) => (
          // biome-ignore lint/a11y/useSemanticElements: a group inside a listbox, as WAI-ARIA names it
          <div key={group} role="group" aria-label={t(`palette.${group}`)}>
            <div className="qm-palette-group" aria-hidden="true">
              {t(`palette.${group}`)}
            </div>
            {commands.map((command) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above handles the keys
              // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant points at it
              <div
                key={command.id}
                id={`qm-command-${command.id}`}
                role="option"
                aria-selected={command === chosen}
                className="qm-command"
                onClick={command.run}
                onMouseMove={() => setAt(flat.indexOf(command))}
              >
                <span>{command.title}</span>
                {command.detail && <small>{command.detail}</small>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <div className="qm-palette-foot" aria-live="polite">
        {searching
          ? t('palette.searching')
          : flat.length === 0
            ? t('palette.nothing', { query })
            : t('palette.keys')}
      </div>
    </>
  );
}
