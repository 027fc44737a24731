import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A disk small enough to be filled. */
export interface SmallDisk {
  /** Takes all that is free but so many bytes. */
  fill(leaveBytes: number): void;
  /** Gives back what was taken. */
  empty(): void;
  unmount(): void;
}

/** Mounts a small disk at a folder; null where nobody may: mounting is for root, on Linux. */
export function smallDisk(folder: string, megabytes: number): SmallDisk | null {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  let fillers = 0;
  const filler = (n: number) => join(folder, `filler-${n}`);
  return {
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(folder);
      try {
        writeFileSync(filler(fillers++), Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
      } catch {
        // Others write meanwhile: it is full all the same.
      }
    },
    empty() {
      while (fillers > 0) rmSync(filler(--fillers), { force: true });
    },
    unmount: () => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' }),
  };
}
