/** The colours of the map. They follow the dark mode of the page. */
import { DARK_PALETTE, LIGHT_PALETTE, type Palette } from './palette.ts';

export interface Theme extends Palette {
  ink: string;
  paper: string;
  quiet: string;
  line: string;
  /** Seats that the filter leaves out. */
  dim: string;
  held: string;
  sold: string;
  focus: string;
  font: string;
}

const DARK = '(prefers-color-scheme: dark)';

export function readTheme(): Theme {
  const styles = getComputedStyle(document.documentElement);
  const value = (name: string) => styles.getPropertyValue(name).trim();
  return {
    ...(matchMedia(DARK).matches ? DARK_PALETTE : LIGHT_PALETTE),
    ink: value('--ink'),
    paper: value('--card'),
    quiet: value('--quiet'),
    line: value('--line'),
    dim: value('--seat-dim'),
    held: value('--seat-held'),
    sold: value('--seat-sold'),
    focus: value('--focus'),
    font: styles.fontFamily,
  };
}

/** @returns a function that removes the listener */
export function onSchemeChange(listener: () => void): () => void {
  const scheme = matchMedia(DARK);
  scheme.addEventListener('change', listener);
  return () => scheme.removeEventListener('change', listener);
}
