import { SECOND } from '../platform/clock.ts';

interface Mark {
  /** Position behind what was accepted. */
  end: number;
  events: number;
  since: number;
}

/** Marks kept: beyond them neighbours are told as one. */
const MOST = 4096;

/** How far storing is behind what was accepted, in events and in time; bounded memory, whatever is waiting. */
export function openLag() {
  let marks: Mark[] = [];
  let total = 0;
  /** Of what lay there at the start nobody knows how many it is. */
  let unknownTo = -1;

  return {
    /** What was in the journal when the process began. */
    began(end: number, since: number): void {
      unknownTo = end;
      marks.push({ end, events: 0, since });
    },

    accepted(end: number, events: number, at: number): void {
      total += events;
      const last = marks.at(-1);
      if (last && last.end > unknownTo && at - last.since < SECOND) {
        last.end = Math.max(last.end, end);
        last.events += events;
        return;
      }
      marks.push({ end, events, since: at });
      if (marks.length > MOST) marks = joined(marks);
    },

    stored(position: number): void {
      let done = 0;
      while (done < marks.length && marks[done]!.end <= position) total -= marks[done++]!.events;
      if (done > 0) marks.splice(0, done);
    },

    /** Events that wait, null where nobody counted them, and since when the first does. */
    waiting(): { events: number | null; since: number | null } {
      const first = marks[0];
      return { events: first && first.end <= unknownTo ? null : total, since: first?.since ?? null };
    },
  };
}

function joined(marks: readonly Mark[]): Mark[] {
  const half: Mark[] = [];
  for (let i = 0; i < marks.length; i += 2) {
    const [a, b] = [marks[i]!, marks[i + 1]];
    half.push(b ? { end: b.end, events: a.events + b.events, since: a.since } : a);
  }
  return half;
}
