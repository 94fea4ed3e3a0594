/** The colours of categories, as people with each kind of colour blindness see them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  contrast,
  DARK_PALETTE,
  LIGHT_PALETTE,
  MARKS,
  toLinear,
} from '../../../../../src/web/map/draw/palette.ts';

/** Machado, Oliveira and Fernandes (2009), full severity: how linear light is seen. */
const SEEN: Record<string, number[][]> = {
  'normal sight': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

type Linear = number[];

function seenAs(matrix: number[][], hex: string): Linear {
  const light = toLinear(hex);
  return matrix.map((row) => {
    const sum = row.reduce((all, part, index) => all + part * (light[index] as number), 0);
    return Math.min(1, Math.max(0, sum));
  });
}

function toHex(light: Linear): string {
  const bytes = light.map((part) => {
    const value = part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055;
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${bytes.join('')}`;
}

/** The distance in OKLab, in which about 0.02 is the least that people notice. */
function distance(one: Linear, other: Linear): number {
  const [a, b] = [toOklab(one), toOklab(other)];
  return Math.hypot(...a.map((value, index) => value - (b[index] as number)));
}

function toOklab([red = 0, green = 0, blue = 0]: Linear): number[] {
  const [long = 0, medium = 0, short = 0] = [
    0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
    0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
    0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
  ].map(Math.cbrt);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

const sheet = readFileSync(
  join(resolve(import.meta.dirname, '../../../../..'), 'src/web/styles/base.css'),
  'utf8',
);
const papersOf = (name: string) => [...sheet.matchAll(new RegExp(`--${name}: (#\\w{6});`, 'g'))];
const papers = ['card', 'paper'].map((name) => papersOf(name).map(([, colour = '']) => colour));

describe.each([
  ['light', LIGHT_PALETTE, 0],
  ['dark', DARK_PALETTE, 1],
])('in the %s mode', (_mode, { colours, onColours }, mode) => {
  test.each(Object.keys(SEEN))('with %s all pairs of categories differ clearly', (sight) => {
    const seen = colours.map((colour) => seenAs(SEEN[sight] as number[][], colour));
    const near = seen.flatMap((one, index) =>
      seen.slice(index + 1).flatMap((other, rest) => {
        const apart = distance(one, other);
        return apart < 0.12 ? [`${colours[index]} ${colours[index + 1 + rest]}: ${apart}`] : [];
      }),
    );
    expect(near).toEqual([]);
  });

  test.each(Object.keys(SEEN))('with %s each category has 3:1 to the page and the map', (sight) => {
    const matrix = SEEN[sight] as number[][];
    for (const paper of papers.map((each) => each[mode] as string)) {
      const seenPaper = toHex(seenAs(matrix, paper));
      const low = colours.filter(
        (colour) => contrast(toHex(seenAs(matrix, colour)), seenPaper) < 3,
      );
      expect(low).toEqual([]);
    }
  });

  test('marks and numbers are readable on each category', () => {
    const ratios = colours.map((colour, index) => contrast(colour, onColours[index] as string));
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
  });

  test('each category has a mark of its own', () => {
    expect(new Set(MARKS).size).toBe(colours.length);
  });
});
