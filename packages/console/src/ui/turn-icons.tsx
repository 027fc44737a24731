const LOOK = {
  width: '1em',
  height: '1em',
  viewBox: '0 0 16 16',
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 1.6,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const;

/** Take back: an arrow that turns to the left, as every editor draws it. */
export function UndoIcon() {
  return (
    <svg {...LOOK} role="presentation">
      <path d="M6 3 2.5 6.5 6 10M2.5 6.5H9a4 4 0 0 1 0 8H6.5" />
    </svg>
  );
}

/** Do again: the same to the right. */
export function RedoIcon() {
  return (
    <svg {...LOOK} role="presentation">
      <path d="M10 3l3.5 3.5L10 10M13.5 6.5H7a4 4 0 0 0 0 8h2.5" />
    </svg>
  );
}
