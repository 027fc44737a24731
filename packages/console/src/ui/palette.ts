/** The two palettes from which style sheet, antd theme and charts are all made. */
export type Mode = 'light' | 'dark';

export interface Palette {
  canvas: string;
  surface: string;
  raised: string;
  sunken: string;
  line: string;
  lineStrong: string;
  text: string;
  muted: string;
  faint: string;
  accent: string;
  /** Of buttons and links under the pointer: as readable as the accent itself. */
  accentHover: string;
  accentText: string;
  accentSoft: string;
  onAccent: string;
  good: string;
  goodSoft: string;
  bad: string;
  badHover: string;
  badSoft: string;
  warn: string;
  warnSoft: string;
  /** Told apart with any kind of colour vision (after Okabe and Ito, evened in lightness); the first is the accent. */
  categories: string[];
  /** From little to much, for heat maps. */
  ramp: string[];
}

export const palettes: Record<Mode, Palette> = {
  light: {
    canvas: '#f6f6f7',
    surface: '#ffffff',
    raised: '#ffffff',
    sunken: '#f0f0f2',
    line: '#e4e5e8',
    lineStrong: '#c9cbd1',
    text: '#1b1d22',
    muted: '#5a5f6a',
    faint: '#6d727d',
    accent: '#3b4fc4',
    accentHover: '#4a5ec9',
    accentText: '#3446b4',
    accentSoft: '#eceefb',
    onAccent: '#ffffff',
    good: '#14713f',
    goodSoft: '#e6f4ec',
    bad: '#b3261e',
    badHover: '#c4362d',
    badSoft: '#fcebea',
    warn: '#8a5a00',
    warnSoft: '#fdf3df',
    categories: ['#3b4fc4', '#d97a00', '#0f8f7c', '#bf4a85', '#4f9fd6', '#8a7420', '#7d5cc6', '#777d88'],
    ramp: ['#f3f4fc', '#d9ddf6', '#b3bbec', '#8492de', '#596bd0', '#3a4bb8'],
  },
  dark: {
    canvas: '#101216',
    surface: '#171a1f',
    raised: '#1e2228',
    sunken: '#0c0e11',
    line: '#2a2f37',
    lineStrong: '#434a55',
    text: '#e7e9ed',
    muted: '#a6acb7',
    faint: '#8f96a3',
    accent: '#6b7fee',
    accentHover: '#8595f5',
    accentText: '#a3b0fb',
    accentSoft: '#20263f',
    onAccent: '#0d1020',
    good: '#5cc58c',
    goodSoft: '#14291e',
    bad: '#f28b82',
    badHover: '#f7a9a2',
    badSoft: '#331a19',
    warn: '#e5b455',
    warnSoft: '#2f2513',
    categories: ['#8595f5', '#eda04a', '#45bda8', '#e07fb0', '#7cc0ee', '#c4ad56', '#b195ee', '#9aa1ad'],
    ramp: ['#1a1e2c', '#252d52', '#34407a', '#4957a6', '#6576d2', '#93a2fb'],
  },
};

/** Each value as a CSS custom property `--qm-name`; lists are numbered from 0. */
export function cssVariables(palette: Palette): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(palette) as [string, string | string[]][]) {
    const property = `--qm-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'string') found[property] = value;
    else for (const [at, colour] of value.entries()) found[`${property}-${at}`] = colour;
  }
  return found;
}

/** The colour a category always has, wherever it is drawn. */
export function categoryColour(name: string, palette: Palette): string {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  return palette.categories[hash % palette.categories.length] ?? palette.accent;
}

/** The step of the ramp for a share between 0 and 1, and whether dark text reads well on it. */
export function rampStep(share: number, steps = 6): number {
  if (!(share > 0)) return 0;
  return Math.min(steps - 1, 1 + Math.floor(share * (steps - 1) * 0.9999));
}
