import { type CleanUrl, pageContext } from './browser-context.ts';
import type { Clock } from './clock.ts';

/** Frameworks give a page its title a moment after its address. */
const TITLE_MS = 60;

/**
 * Tells the first page and every page a single-page shop routes to, once each: an address is told again only after
 * another one. Answers how to tell what is still waiting for its title, when the page is left.
 */
export function followPages(
  tell: (properties: Record<string, unknown>) => void,
  clean: CleanUrl,
  clock: Clock,
): { settle: () => void } {
  let told: string | null = null;
  let referrer = document.referrer;
  let waiting: (() => void) | null = null;

  /** What makes a page another page: not a place within it (`#reviews`). */
  const address = () =>
    location.origin +
    location.pathname +
    location.search +
    (/^#!?\//.test(location.hash) ? location.hash : '');

  function settle(): void {
    if (!waiting) return;
    waiting();
    waiting = null;
    const here = address();
    if (here === told) return;
    tell(pageContext(clean, referrer));
    told = here;
    referrer = location.href;
  }

  function moved(): void {
    if (address() === told) return;
    waiting ??= clock.after(TITLE_MS, settle);
  }

  /** Called before the address changes: a page left within its moment was seen all the same. */
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      if (name === 'pushState') settle();
      original.apply(this, args);
      moved();
    };
  }
  addEventListener('popstate', moved);
  addEventListener('hashchange', moved);
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    told = null;
    moved();
  });

  const first = () => {
    waiting = () => {};
    settle();
  };
  const prerendering = (document as Document & { prerendering?: boolean }).prerendering;
  if (prerendering) document.addEventListener('prerenderingchange', first, { once: true });
  else first();
  return { settle };
}
