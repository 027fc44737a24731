/** What the server keeps of something that several people, or several tabs, may write at. */
export interface Version<D> {
  /** Goes up with every change. */
  revision: number;
  draft: D;
  by: string;
  at: string;
}

/** A draft on screen, and the version of the server's that it was begun from. */
export interface SharedDraft<D> {
  draft: D;
  base: Version<D>;
  /** What is on its way to the server. */
  sent: D | null;
  /** A version of someone else's; there are own changes too, so that one of both is to be chosen. */
  newer: Version<D> | null;
}

export type Same<D> = (a: D, b: D) => boolean;

/** A draft as the server has it. */
export function beginWith<D>(version: Version<D>): SharedDraft<D> {
  return { draft: version.draft, base: version, sent: null, newer: null };
}

/** Whether something was written that the server does not have. */
export function hasOwn<D>(now: SharedDraft<D>, isSame: Same<D>): boolean {
  return !isSame(now.draft, now.base.draft);
}

/**
 * A version the server tells of: taken over where nothing own stands against it, else kept for the choice. Versions
 * that are not newer, and one's own that arrive before their answer, change nothing on screen.
 */
export function meet<D>(now: SharedDraft<D>, version: Version<D>, isSame: Same<D>): SharedDraft<D> {
  if (version.revision <= (now.newer ?? now.base).revision) return now;
  const isOwn = now.sent !== null && isSame(now.sent, version.draft);
  if (isOwn || isSame(now.draft, version.draft)) return { ...now, base: version, newer: null };
  if (!hasOwn(now, isSame)) return beginWith(version);
  return { ...now, newer: version };
}

/** The server has what was sent. */
export function arrived<D>(now: SharedDraft<D>, version: Version<D>): SharedDraft<D> {
  if (version.revision < now.base.revision) return { ...now, sent: null };
  const newer = now.newer && now.newer.revision > version.revision ? now.newer : null;
  return { ...now, base: version, sent: null, newer };
}

/** Takes the version of the other, and drops what is one's own. */
export function takeTheirs<D>(now: SharedDraft<D>): SharedDraft<D> {
  return now.newer ? beginWith(now.newer) : now;
}

/** Keeps what is one's own, to go over the version of the other, which is known now. */
export function keepMine<D>(now: SharedDraft<D>): SharedDraft<D> {
  return now.newer ? { ...now, base: now.newer, newer: null } : now;
}
