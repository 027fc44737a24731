import type { WriteStream } from 'node:tty';

/** Shows the progress of a piece of work on the terminal: one moving line, or a line each tenth where there is none. */
export function progressLine(
  what: string,
  out: WriteStream | NodeJS.WritableStream = process.stdout,
): (share: number) => void {
  const moving = 'isTTY' in out && out.isTTY;
  let shown = -1;
  return (share) => {
    const percent = Math.floor(share * 100);
    const step = moving ? percent : Math.floor(percent / 10) * 10;
    if (step === shown) return;
    shown = step;
    out.write(
      moving ? `\r${what} ${String(step).padStart(3)} %${step === 100 ? '\n' : ''}` : `${what} ${step} %\n`,
    );
  };
}
