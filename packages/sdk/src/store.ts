/** Where text is kept under keys: localStorage, a mini-program's storage, or memory. */
export interface Store {
  get(key: string): string | null;
  /** Throws when there is no room. */
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** Keeps everything until the page is gone. */
export function memoryStore(): Store {
  const kept = new Map<string, string>();
  return {
    get: (key) => kept.get(key) ?? null,
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
    keys: () => [...kept.keys()],
  };
}

/** The part of a store whose keys begin alike. */
export function storeUnder(store: Store, prefix: string): Store {
  return {
    get: (key) => store.get(prefix + key),
    set: (key, value) => store.set(prefix + key, value),
    remove: (key) => store.remove(prefix + key),
    keys: () =>
      store
        .keys()
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
  };
}

/** JSON as it was kept; null when it is not there or not readable. */
export function readJson<T>(store: Store, key: string): T | null {
  try {
    return JSON.parse(store.get(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}
