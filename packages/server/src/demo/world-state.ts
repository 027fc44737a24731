import { open, readFile, rename } from 'node:fs/promises';
import type { PlayState, WorldOptions } from '@qianmian/simulator';

/** All that is needed to take the simulated retailer up again. */
export interface WorldState {
  options: WorldOptions;
  /** How far the demo's clock runs ahead of the real one, in milliseconds. */
  clockOffset: number;
  /** Up to when the world was played; null while its history is not filled in. */
  playedTo: number | null;
  /** Chunks of the history that are stored, while it is filled in. */
  filled?: number;
  play: PlayState | null;
}

/** Reads the state put away last; null when there is none. */
export async function readWorldState(file: string): Promise<WorldState | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as WorldState);
}

/** Puts the state away so that a crash leaves the old one or the new one, whole. */
export async function writeWorldState(file: string, state: WorldState): Promise<void> {
  const draft = `${file}.new`;
  const handle = await open(draft, 'w');
  await handle.writeFile(JSON.stringify(state));
  await handle.datasync();
  await handle.close();
  await rename(draft, file);
}
