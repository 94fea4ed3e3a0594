/**
 * The colours and marks of price categories. People with any kind of colour blindness tell them apart: all pairs differ under simulated
 * deuteranopia, protanopia and tritanopia, which a unit test measures, and each category has a mark of its own besides.
 */

/** Drawn on a free seat; `none` leaves it plain. */
export type Mark = 'none' | 'dot' | 'bar' | 'ring' | 'cross' | 'post';

export interface Palette {
  /** By category. */
  colours: readonly string[];
  /** A readable colour on each of them, for marks and seat numbers. */
  onColours: readonly string[];
}

export const MARKS: readonly Mark[] = ['none', 'dot', 'bar', 'ring', 'cross', 'post'];
/** More categories than this are hard to tell apart; further prices share the colour of their neighbours. */
export const CATEGORIES_MAX = MARKS.length;

/** They started as those of Okabe and Ito, and were moved until each has a contrast of 3:1 to the page. */
const LIGHT = ['#1b5896', '#f43611', '#01936f', '#b369cf', '#200546', '#673d1c'];
const DARK = ['#71ccff', '#f09e2c', '#348951', '#aa7fbb', '#befdff', '#ffe207'];

export const LIGHT_PALETTE = withReadable(LIGHT);
export const DARK_PALETTE = withReadable(DARK);

function withReadable(colours: readonly string[]): Palette {
  const onColours = colours.map((colour) => {
    const [onBlack, onWhite] = ['#000000', '#ffffff'].map((each) => contrast(each, colour));
    return (onBlack as number) > (onWhite as number) ? '#000000' : '#ffffff';
  });
  return { colours, onColours };
}

/** The contrast ratio as WCAG 2.2 defines it. @param one, other colours such as `#0b6b5f` */
export function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map((each) => luminance(each)).sort((a, b) => b - a);
  return ((light as number) + 0.05) / ((dark as number) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = toLinear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The linear light of red, green and blue, each 0 to 1. @param hex a colour such as `#0b6b5f` */
export function toLinear(hex: string): number[] {
  return [1, 3, 5].map((start) => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}
