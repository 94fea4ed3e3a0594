/** The whole hall as one small picture: what the mini-map shows, and the map itself while its tiles are being drawn. */

import { compose, Sprites } from './sprites.ts';
import type { Theme } from './theme.ts';
import type { DrawnHall } from './tiles.ts';

const PIXELS_MAX = 1_000_000;
const SCALE_MAX = 12;

export class Overview {
  readonly #hall: DrawnHall;
  readonly #canvas = document.createElement('canvas');
  /** Device pixels per cell, a whole number. */
  readonly scale: number;
  #theme: Theme;
  #isStale = true;
  #version = 0;

  constructor(hall: DrawnHall, theme: Theme) {
    this.#hall = hall;
    this.#theme = theme;
    const { columns, lines, bendMax } = hall.layout;
    const pixels = Math.floor(Math.sqrt(PIXELS_MAX / (columns * (lines + bendMax))));
    this.scale = Math.max(1, Math.min(SCALE_MAX, pixels));
    this.#canvas.width = columns * this.scale;
    this.#canvas.height = Math.ceil((lines + bendMax) * this.scale);
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.stale();
  }

  /** The seats look different now. */
  stale(): void {
    this.#isStale = true;
    this.#version += 1;
  }

  /** Another number means another picture. */
  get version(): number {
    return this.#version;
  }

  /** The picture as the seats are now. Its upper edge is `bendMax` cells above the first line. */
  get picture(): HTMLCanvasElement {
    if (this.#isStale) this.#draw();
    return this.#canvas;
  }

  #draw(): void {
    const { width, height } = this.#canvas;
    const image = new ImageData(width, height);
    const top = -Math.round(this.#hall.layout.bendMax * this.scale);
    const sprites = new Sprites(this.#theme, this.scale, 1);
    const pixels = new Uint32Array(image.data.buffer);
    compose(pixels, { left: 0, top, width, height }, this.#hall, this.scale, sprites);
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
    this.#isStale = false;
  }
}
