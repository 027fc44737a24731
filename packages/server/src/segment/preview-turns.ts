import { whileAsked } from '../platform/asker.ts';
import { openTurns } from '../platform/lanes.ts';
import { previewReplaced } from './errors.ts';

/** Previews of a workspace computed at the same time. */
const AT_WORK = 2;

/** Who asks for a preview, and a signal for when they have gone. */
export interface PreviewAsker {
  caller: string;
  gone: AbortSignal;
}

/**
 * Lets few previews of a workspace be at work at a time, and one of each caller: who asks anew has changed the
 * condition, so that what they asked before is stopped.
 */
export function openPreviewTurns() {
  const turns = new Map<string, ReturnType<typeof openTurns>>();
  const newest = new Map<string, AbortController>();

  function turnsOf(workspace: string) {
    const known = turns.get(workspace) ?? openTurns(AT_WORK);
    turns.set(workspace, known);
    return known;
  }

  return async <T>(workspace: string, by: PreviewAsker, work: () => Promise<T>): Promise<T> => {
    const key = `${workspace}\n${by.caller}`;
    newest.get(key)?.abort(previewReplaced());
    const control = new AbortController();
    newest.set(key, control);
    const gone = AbortSignal.any([control.signal, by.gone]);
    try {
      return await turnsOf(workspace)(() => whileAsked({ gone, isHeavy: true }, work), { gone });
    } finally {
      if (newest.get(key) === control) newest.delete(key);
    }
  };
}
