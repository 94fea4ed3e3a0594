/**
 * Pictures of seats as pixels. Seats that look the same are drawn once and copied, which is many times faster than drawing each: a
 * path costs microseconds, a copy of nine pixels some nanoseconds.
 */
import { bendAt, type Layout } from '../layout.ts';
import { toDrawn } from './seat-looks.ts';
import { drawSeat, GAPLESS_PX } from './seat-shape.ts';
import type { Theme } from './theme.ts';

/** A rectangle of the drawn hall, in device pixels; cell 0, 0 begins at 0, 0. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Sprites {
  readonly #theme: Theme;
  readonly #scale: number;
  readonly #pixelRatio: number;
  readonly #made = new Map<number, Uint32Array>();
  #lastKey: number | undefined;
  #last: Uint32Array = new Uint32Array();
  readonly #scratch: CanvasRenderingContext2D;

  /** @param scale device pixels per cell */
  constructor(theme: Theme, scale: number, pixelRatio: number) {
    this.#theme = theme;
    this.#scale = scale;
    this.#pixelRatio = pixelRatio;
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(scale) + 1;
    canvas.height = canvas.width;
    this.#scratch = canvas.getContext('2d', {
      willReadFrequently: true,
    }) as CanvasRenderingContext2D;
  }

  /** The pixels of a seat line by line. A cell is a pixel wider or higher than others where the scale is not whole. */
  of(style: number, width: number, height: number): Uint32Array {
    const key = (style * 128 + width) * 128 + height;
    // Most seats look like the one before.
    if (key === this.#lastKey) return this.#last;
    const pixels = this.#made.get(key) ?? this.#draw(style, width, height);
    this.#made.set(key, pixels);
    this.#lastKey = key;
    this.#last = pixels;
    return pixels;
  }

  #draw(style: number, width: number, height: number): Uint32Array {
    const [context, ratio] = [this.#scratch, this.#pixelRatio];
    const { width: side } = context.canvas;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, side, side);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const scale = Math.max(
      this.#scale,
      this.#scale / ratio < GAPLESS_PX ? Math.max(width, height) : 0,
    );
    const x = (width - scale) / 2 / ratio;
    const y = (height - scale) / 2 / ratio;
    drawSeat(context, this.#theme, { x, y, size: scale / ratio }, toDrawn(style));
    const { data } = context.getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer);
  }
}

/** Calls `visit` for each seat of which a part may lie in the frame. @param scale device pixels per cell */
export function eachSeatIn(
  layout: Layout,
  scale: number,
  { left, top, width, height }: Frame,
  visit: (index: number, x: number, y: number, width: number, height: number) => void,
): void {
  const { columns, lines, seatAt } = layout;
  const first = Math.max(0, Math.floor(left / scale) - 1);
  const last = Math.min(columns - 1, Math.ceil((left + width) / scale));
  for (let column = first; column <= last; column += 1) {
    const bend = bendAt(layout, column);
    const x = Math.round(column * scale);
    const seatWidth = Math.round((column + 1) * scale) - x;
    const from = Math.max(0, Math.floor(top / scale + bend) - 1);
    const to = Math.min(lines - 1, Math.ceil((top + height) / scale + bend));
    for (let line = from; line <= to; line += 1) {
      const index = seatAt[line * columns + column] as number;
      if (index < 0) continue;
      const y = Math.round((line - bend) * scale);
      const seatHeight = Math.round((line + 1 - bend) * scale) - y;
      visit(index, x - left, y - top, seatWidth, seatHeight);
    }
  }
}

/** Copies the sprites of all seats of a frame into its pixels, which are cleared before. */
export function compose(
  pixels: Uint32Array,
  frame: Frame,
  hall: { layout: Layout; styles: Uint8Array },
  scale: number,
  sprites: Sprites,
): void {
  pixels.fill(0);
  const { width, height } = frame;
  eachSeatIn(hall.layout, scale, frame, (index, x, y, seatWidth, seatHeight) => {
    if (seatWidth === 0 || seatHeight === 0) return;
    const sprite = sprites.of(hall.styles[index] as number, seatWidth, seatHeight);
    const fromX = Math.max(0, -x);
    const toX = Math.min(seatWidth, width - x);
    const fromY = Math.max(0, -y);
    const toY = Math.min(seatHeight, height - y);
    for (let line = fromY; line < toY; line += 1) {
      const target = (y + line) * width + x;
      const source = line * seatWidth;
      for (let column = fromX; column < toX; column += 1) {
        pixels[target + column] = sprite[source + column] as number;
      }
    }
  });
}
