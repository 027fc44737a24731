import { createContext, useContext } from 'react';
import { createFormat, type Format } from './format.ts';

/** Given by the shell: currency and zone of the workspace, language of the reader. */
export const FormatContext = createContext<Format>(
  createFormat({ language: 'en', currency: 'CNY', timeZone: 'UTC' }),
);

/** The one way to write a number, money or a date. */
export function useFormat(): Format {
  return useContext(FormatContext);
}
