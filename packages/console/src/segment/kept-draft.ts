import { useEffect, useState } from 'react';
import { type Draft, type KeptText, readDraft, writeDraft } from './builder-draft.ts';

// Of this tab only: two tabs may write at two segments, and what is closed is meant to be gone.
const storage = (): Storage | null => {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
};

/** Where a draft is kept that is written at an address. */
function keptAt(address: string) {
  const name = `qm.segmentDraft.${address}`;
  return {
    read: (): KeptText | null => readDraft(storage()?.getItem(name) ?? null),
    write: (draft: Draft, revision: number | null): void => {
      try {
        storage()?.setItem(name, writeDraft(draft, revision));
      } catch {
        // Full or forbidden: then the draft lasts as long as the page.
      }
    },
    forget: (): void => storage()?.removeItem(name),
  };
}
export type KeptDraft = ReturnType<typeof keptAt>;

/** A draft that outlives a reload of the page, under the address at which it was begun. */
export function useKeptDraft(): KeptDraft {
  const [kept] = useState(() => keptAt(window.location.pathname + window.location.search));
  return kept;
}

/** Keeps what differs from what is saved; nothing is kept of a draft that nobody has touched. */
export function useKeeping(kept: KeptDraft, draft: Draft, revision: number | null, isDirty: boolean): void {
  useEffect(() => {
    if (isDirty) kept.write(draft, revision);
    else kept.forget();
  }, [kept, draft, revision, isDirty]);
}
