/**
 * The drawn hall in tiles. A pan shows tiles that exist, and draws those that come into view; only a new scale draws all again. The
 * tiles of one frame that take too long are left to the next frames.
 */
import type { Layout } from '../layout.ts';
import { bendAt } from '../layout.ts';
import { toDrawn } from './seat-looks.ts';
import { drawSeat, NUMBER_PX } from './seat-shape.ts';
import { compose, eachSeatIn, type Frame, Sprites } from './sprites.ts';
import type { Theme } from './theme.ts';

/** What is drawn of the seats. */
export interface DrawnHall {
  layout: Layout;
  /** By seat: how it looks, and its number. */
  styles: Uint8Array;
  numbers: readonly number[];
}

/** The side of a tile in device pixels. */
const SIDE = 256;
/** More tiles than a view shows, so that a pan to and fro draws nothing. 100 take 26 MB. */
const TILES_MAX = 100;
/** More seats than this are in most tiles anyway, so looking each up would only take time. */
const FEW_SEATS = 2000;

interface Tile {
  canvas: HTMLCanvasElement;
  isStale: boolean;
}

export class Tiles {
  readonly #hall: DrawnHall;
  readonly #tiles = new Map<string, Tile>();
  readonly #image = new ImageData(SIDE, SIDE);
  readonly #pixels = new Uint32Array(this.#image.data.buffer);
  #theme: Theme;
  #scale = 0;
  #pixelRatio = 1;
  #sprites: Sprites | undefined;

  constructor(hall: DrawnHall, theme: Theme) {
    this.#hall = hall;
    this.#theme = theme;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#sprites = undefined;
    this.staleAll();
  }

  /** @param scale device pixels per cell */
  setScale(scale: number, pixelRatio: number): void {
    if (scale === this.#scale && pixelRatio === this.#pixelRatio) return;
    [this.#scale, this.#pixelRatio] = [scale, pixelRatio];
    this.#sprites = undefined;
    this.#tiles.clear();
  }

  /** The tiles of these seats will be drawn anew. */
  stale(indexes: readonly number[]): void {
    if (this.#tiles.size === 0) return;
    if (indexes.length > FEW_SEATS) {
      this.staleAll();
      return;
    }
    const { layout } = this.#hall;
    const scale = this.#scale;
    for (const index of indexes) {
      const column = layout.columnOf[index] as number;
      const x = column * scale;
      const y = ((layout.lineOf[index] as number) - bendAt(layout, column)) * scale;
      for (const [left, top] of [
        [x, y],
        [x + scale, y],
        [x, y + scale],
        [x + scale, y + scale],
      ] as const) {
        const tile = this.#tiles.get(keyOf(Math.floor(left / SIDE), Math.floor(top / SIDE)));
        if (tile) tile.isStale = true;
      }
    }
  }

  staleAll(): void {
    for (const tile of this.#tiles.values()) tile.isStale = true;
  }

  /**
   * Shows the tiles of a view.
   * @param view the visible part, in device pixels of the drawn hall; the context's origin is its corner
   * @param fallback draws a part of the view for which there is no tile yet
   * @param until by `performance.now()`, when to leave the remaining tiles to the next frame; one is always drawn
   * @returns whether all tiles are as they should be
   */
  show(
    context: CanvasRenderingContext2D,
    view: Frame,
    fallback: (part: Frame) => void,
    until: number,
  ): boolean {
    const last = {
      column: Math.floor((view.left + view.width - 1) / SIDE),
      row: Math.floor((view.top + view.height - 1) / SIDE),
    };
    let isDone = true;
    let drawn = 0;
    for (let row = Math.floor(view.top / SIDE); row <= last.row; row += 1) {
      for (let column = Math.floor(view.left / SIDE); column <= last.column; column += 1) {
        const frame = { left: column * SIDE, top: row * SIDE, width: SIDE, height: SIDE };
        if (this.#isEmpty(frame)) continue;
        const key = keyOf(column, row);
        let tile = this.#tiles.get(key);
        if (!tile || tile.isStale) {
          if (drawn === 0 || performance.now() < until) {
            tile = this.#draw(key, frame, tile);
            drawn += 1;
          } else isDone = false;
        }
        if (tile) context.drawImage(tile.canvas, frame.left - view.left, frame.top - view.top);
        else fallback(frame);
      }
    }
    return isDone;
  }

  /** Whether no seat can lie in the frame. */
  #isEmpty({ left, top }: Frame): boolean {
    const { columns, lines, bendMax } = this.#hall.layout;
    const isAside = left + SIDE <= 0 || left >= columns * this.#scale;
    return isAside || top + SIDE <= -bendMax * this.#scale || top >= lines * this.#scale;
  }

  #draw(key: string, frame: Frame, before: Tile | undefined): Tile {
    const tile = before ?? { canvas: this.#makeCanvas(), isStale: true };
    const context = tile.canvas.getContext('2d') as CanvasRenderingContext2D;
    if (this.#scale / this.#pixelRatio < NUMBER_PX) this.#compose(context, frame);
    else this.#drawEach(context, frame);
    tile.isStale = false;
    this.#tiles.set(key, tile);
    return tile;
  }

  #makeCanvas(): HTMLCanvasElement {
    const [oldest] = this.#tiles;
    if (oldest && this.#tiles.size >= TILES_MAX) {
      this.#tiles.delete(oldest[0]);
      return oldest[1].canvas;
    }
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [SIDE, SIDE];
    return canvas;
  }

  #compose(context: CanvasRenderingContext2D, frame: Frame): void {
    this.#sprites ??= new Sprites(this.#theme, this.#scale, this.#pixelRatio);
    compose(this.#pixels, frame, this.#hall, this.#scale, this.#sprites);
    context.putImageData(this.#image, 0, 0);
  }

  /** Seats with numbers differ from each other, and there are few in a tile. */
  #drawEach(context: CanvasRenderingContext2D, frame: Frame): void {
    const ratio = this.#pixelRatio;
    const { layout, styles, numbers } = this.#hall;
    const size = this.#scale / ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, SIDE, SIDE);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    eachSeatIn(layout, this.#scale, frame, (index, x, y) => {
      const seat = toDrawn(styles[index] as number, numbers[index]);
      drawSeat(context, this.#theme, { x: x / ratio, y: y / ratio, size }, seat);
    });
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
}

function keyOf(column: number, row: number): string {
  return `${column} ${row}`;
}
