import { createContext, useContext } from 'react';
import { type Mode, type Palette, palettes } from './palette.ts';

export const PaletteContext = createContext<{ mode: Mode; palette: Palette }>({
  mode: 'light',
  palette: palettes.light,
});

/** The colours in force, for what is drawn rather than styled. */
export function usePalette() {
  return useContext(PaletteContext);
}
