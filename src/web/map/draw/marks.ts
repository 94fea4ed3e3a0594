/** Draws what stands on a seat: the mark of its category, or the sign of an accessible or a companion's seat. */
import type { Mark } from './palette.ts';

/** A square of the canvas, in pixels. */
export interface Cell {
  x: number;
  y: number;
  size: number;
}

type Sign = Mark | 'accessible' | 'companion';

/** Paths in a square of side 1. A path of one point is a disc. */
const STROKES: Readonly<Record<Sign, readonly (readonly (readonly [number, number])[])[]>> = {
  none: [],
  dot: [[[0.5, 0.5]]],
  bar: [
    [
      [0.3, 0.5],
      [0.7, 0.5],
    ],
  ],
  post: [
    [
      [0.5, 0.3],
      [0.5, 0.7],
    ],
  ],
  cross: [
    [
      [0.34, 0.34],
      [0.66, 0.66],
    ],
    [
      [0.66, 0.34],
      [0.34, 0.66],
    ],
  ],
  ring: [],
  accessible: [
    [[0.45, 0.22]],
    [
      [0.45, 0.36],
      [0.47, 0.55],
      [0.63, 0.55],
      [0.71, 0.74],
    ],
  ],
  companion: [
    [[0.5, 0.3]],
    [
      [0.32, 0.72],
      [0.4, 0.52],
      [0.6, 0.52],
      [0.68, 0.72],
    ],
  ],
};
/** Rings as x, y, radius, start and end of the arc. */
const RINGS: Partial<Record<Sign, readonly [number, number, number, number, number]>> = {
  ring: [0.5, 0.5, 0.17, 0, 2 * Math.PI],
  accessible: [0.46, 0.62, 0.18, 0.35, 1.35 * Math.PI],
};

/** @param weight the width of the lines, as a multiple of the usual one */
export function drawMark(
  context: CanvasRenderingContext2D,
  colour: string,
  { x, y, size }: Cell,
  sign: Sign,
  weight = 1,
): void {
  const isSign = sign === 'accessible' || sign === 'companion';
  const width = Math.max(1, size * (isSign ? 0.075 : 0.11) * weight);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const points of STROKES[sign]) {
    context.beginPath();
    if (points.length === 1) {
      const [[left, top]] = points as [[number, number]];
      const radius = Math.max(1, size * (isSign ? 0.085 : 0.14));
      context.arc(x + left * size, y + top * size, radius, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    for (const [left, top] of points) context.lineTo(x + left * size, y + top * size);
    context.stroke();
  }
  const ring = RINGS[sign];
  if (!ring) return;
  const [left, top, radius, start, end] = ring;
  context.beginPath();
  context.arc(x + left * size, y + top * size, radius * size, start, end);
  context.stroke();
}
