/** The colours of the map. They are read from the style sheet, so that the map follows the dark mode of the page. */

export interface Theme {
  /** The colour of a free seat by price tier, the cheapest first. */
  tiers: readonly string[];
  /** A readable text colour for each tier. */
  onTiers: readonly string[];
  ink: string;
  paper: string;
  quiet: string;
  line: string;
  held: string;
  sold: string;
  focus: string;
  font: string;
}

/** More shades than this are hard to distinguish. */
const TIERS_MAX = 5;

export interface Tiers {
  /** The prices with their tiers, the lowest first. */
  prices: { price: number; tier: number }[];
  count: number;
  of(price: number): number;
}

export function tiersOf(seats: Iterable<{ price: number }>): Tiers {
  const distinct = [...new Set(Array.from(seats, ({ price }) => price))].sort((a, b) => a - b);
  const count = Math.max(1, Math.min(TIERS_MAX, distinct.length));
  const tierAt = (rank: number) => Math.round((rank / (distinct.length - 1)) * (count - 1));
  const prices = distinct.map((price, rank) => ({ price, tier: count === 1 ? 0 : tierAt(rank) }));
  const tiers = new Map(prices.map(({ price, tier }) => [price, tier]));
  return { prices, count, of: (price) => tiers.get(price) ?? 0 };
}

/** @param tiers the number of price tiers */
export function readTheme(tiers: number): Theme {
  const styles = getComputedStyle(document.documentElement);
  const value = (name: string) => styles.getPropertyValue(name).trim();
  const low = toRgb(value('--tier-low'));
  const high = toRgb(value('--tier-high'));
  const [ink, paper] = [value('--ink'), value('--card')];
  const colours = Array.from({ length: tiers }, (_, tier) => {
    const part = tiers === 1 ? 0.5 : tier / (tiers - 1);
    return low.map((channel, index) => channel + ((high[index] as number) - channel) * part);
  });
  return {
    tiers: colours.map((colour) => `rgb(${colour.map(Math.round).join(' ')})`),
    onTiers: colours.map((colour) => {
      const isInkBetter = contrast(colour, toRgb(ink)) > contrast(colour, toRgb(paper));
      return isInkBetter ? ink : paper;
    }),
    ink,
    paper,
    quiet: value('--quiet'),
    line: value('--line'),
    held: value('--seat-held'),
    sold: value('--seat-sold'),
    focus: value('--focus'),
    font: styles.fontFamily,
  };
}

/** The contrast ratio as defined by WCAG 2.2. */
function contrast(one: readonly number[], other: readonly number[]): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return ((light as number) + 0.05) / ((dark as number) + 0.05);
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param hex a colour such as `#0b6b5f` */
function toRgb(hex: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}

/** @returns a function that removes the listener */
export function onSchemeChange(listener: () => void): () => void {
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', listener);
  return () => scheme.removeEventListener('change', listener);
}
