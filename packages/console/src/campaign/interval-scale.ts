/** Where the parts of an interval stand on a scale from 0 to 1 that holds no effect too, with room at both ends. */
export function intervalScale({ value, low, high }: { value: number; low: number; high: number }) {
  const [least, most] = [Math.min(0, low), Math.max(0, high)];
  const span = most - least || 1;
  const room = span * 0.08;
  const place = (at: number) => (at - least + room) / (span + 2 * room);
  return { zero: place(0), low: place(low), high: place(high), value: place(value) };
}
