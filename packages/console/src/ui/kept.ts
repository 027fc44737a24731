import { useCallback, useState } from 'react';

/** Reads a value kept in this browser; null when there is none or the browser keeps nothing. */
export function readKept(key: string): string | null {
  try {
    return localStorage.getItem(`qm.${key}`);
  } catch {
    return null;
  }
}

/** Keeps a value in this browser, where that is allowed. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`qm.${key}`, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

/** State that is kept in this browser: a choice of columns, a folded sider. */
export function useKept(key: string, initial: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => readKept(key) ?? initial);
  const set = useCallback(
    (next: string) => {
      keep(key, next);
      setValue(next);
    },
    [key],
  );
  return [value, set];
}
