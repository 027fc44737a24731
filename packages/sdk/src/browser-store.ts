import type { SharedId } from './identity.ts';
import { memoryStore, type Store } from './store.ts';

/** localStorage; memory where the browser forbids it. */
export function browserStore(): Store {
  try {
    const { localStorage } = window;
    localStorage.getItem('qm');
    return {
      get: (key) => localStorage.getItem(key),
      set: (key, value) => localStorage.setItem(key, value),
      remove: (key) => localStorage.removeItem(key),
      keys: () => Object.keys(localStorage),
    };
  } catch {
    return memoryStore();
  }
}

/** Browsers keep no cookie for longer. */
const COOKIE_DAYS = 400;
const COOKIE = 'qm_id';

/** The anonymous id in a first-party cookie, for all sub-domains of `domain`. */
export function cookieId(domain: string | undefined): SharedId {
  const write = (value: string, days: number) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser, and waits
    document.cookie =
      `${COOKIE}=${encodeURIComponent(value)};path=/;max-age=${days * 86_400};samesite=lax` +
      (domain ? `;domain=${domain}` : '') +
      (location.protocol === 'https:' ? ';secure' : '');
  };
  return {
    get() {
      const found = new RegExp(`(?:^|; )${COOKIE}=([\\w-]{1,100})`).exec(document.cookie);
      return found ? found[1]! : null;
    },
    set: (id) => write(id, COOKIE_DAYS),
    remove: () => write('', 0),
  };
}
