/**
 * Draws the hall. At small scales it shows a cached picture of all seats and redraws only changed seats in it; at large
 * scales it draws the few visible seats directly. So 50,000 seats move as smoothly as 500.
 */
import type { Bounds, Camera, Size } from './camera.ts';
import { drawSigns, drawSurroundings, MARGIN } from './hall-drawing.ts';
import { bendAt, type Layout } from './layout.ts';
import { drawSeat, type Look } from './seat-shape.ts';
import type { Theme } from './theme.ts';

export interface Hall {
  layout: Layout;
  numbers: readonly number[];
  tiers: Uint8Array;
  stage: string;
  lookOf(index: number): Look;
}

const PICTURE_PIXELS_MAX = 6_000_000;
const PICTURE_SCALE_MAX = 16;
/** The picture is not stretched further than this, because it would look blurred. */
const STRETCH_MAX = 1.05;
/** Up to this number, seats are drawn directly at any scale. */
const FEW_SEATS = 3000;

export class Painter {
  readonly #hall: Hall;
  readonly #picture = document.createElement('canvas');
  readonly #pictureScale: number;
  #theme: Theme;
  #isPictureOld = true;

  constructor(hall: Hall, theme: Theme) {
    this.#hall = hall;
    this.#theme = theme;
    const { columns, lines, bendMax } = hall.layout;
    const pixels = Math.sqrt(PICTURE_PIXELS_MAX / (columns * (lines + bendMax)));
    this.#pictureScale = Math.max(1, Math.min(PICTURE_SCALE_MAX, Math.floor(pixels)));
  }

  /** The area that is visible when the whole hall is shown, in cells. */
  get bounds(): Bounds {
    const { columns, lines, bendMax } = this.#hall.layout;
    return {
      left: -MARGIN.side,
      top: -MARGIN.top - bendMax,
      right: columns + MARGIN.side,
      bottom: lines + MARGIN.bottom,
    };
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#isPictureOld = true;
  }

  /** The centre of a seat, in cells. */
  centreOf(index: number): { x: number; y: number } {
    const { layout } = this.#hall;
    const column = layout.columnOf[index] as number;
    return { x: column + 0.5, y: (layout.lineOf[index] as number) + 0.5 - bendAt(layout, column) };
  }

  /** Redraws changed seats in the cached picture. */
  update(indexes: Iterable<number>): void {
    if (this.#isPictureOld) return;
    const context = this.#pictureContext();
    const size = this.#pictureScale;
    for (const index of indexes) {
      const at = this.#pictureCellOf(index);
      context.clearRect(at.x, at.y, size, size);
      this.#drawSeat(context, index, { ...at, size });
    }
  }

  /** @param pixelRatio device pixels per CSS pixel; it sets the transform of the context */
  draw(
    context: CanvasRenderingContext2D,
    camera: Camera,
    view: Size,
    pixelRatio: number,
    focus: number | undefined,
  ): void {
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    drawSurroundings(context, this.#theme, this.#hall, camera);
    const isFar = camera.scale * pixelRatio <= this.#pictureScale * STRETCH_MAX;
    if (isFar && this.#hall.numbers.length > FEW_SEATS) this.#drawPicture(context, camera);
    else this.#drawVisible(context, camera, view);
    drawSigns(context, this.#theme, this.#hall.layout, camera);
    if (focus !== undefined) this.#drawFocus(context, camera, focus);
  }

  #drawPicture(context: CanvasRenderingContext2D, { scale, x, y }: Camera): void {
    if (this.#isPictureOld) this.#paintPicture();
    const part = scale / this.#pictureScale;
    const top = y - this.#hall.layout.bendMax * scale;
    const { width, height } = this.#picture;
    context.imageSmoothingQuality = 'high';
    context.drawImage(this.#picture, x, top, width * part, height * part);
  }

  #paintPicture(): void {
    const { columns, lines, bendMax, columnOf } = this.#hall.layout;
    const size = this.#pictureScale;
    this.#picture.width = columns * size;
    this.#picture.height = Math.ceil((lines + bendMax) * size);
    const context = this.#pictureContext();
    for (let index = 0; index < columnOf.length; index += 1) {
      this.#drawSeat(context, index, { ...this.#pictureCellOf(index), size });
    }
    this.#isPictureOld = false;
  }

  #pictureContext(): CanvasRenderingContext2D {
    return this.#picture.getContext('2d') as CanvasRenderingContext2D;
  }

  /** Whole pixels, so that a seat can be cleared without affecting its neighbours. */
  #pictureCellOf(index: number): { x: number; y: number } {
    const { layout } = this.#hall;
    const column = layout.columnOf[index] as number;
    const y = (layout.lineOf[index] as number) + layout.bendMax - bendAt(layout, column);
    return { x: column * this.#pictureScale, y: Math.round(y * this.#pictureScale) };
  }

  #drawVisible(context: CanvasRenderingContext2D, { scale, x, y }: Camera, view: Size): void {
    const { layout } = this.#hall;
    const { columns, lines, seatAt } = layout;
    const first = Math.max(0, Math.floor(-x / scale));
    const last = Math.min(columns - 1, Math.floor((view.width - x) / scale));
    for (let column = first; column <= last; column += 1) {
      const bend = bendAt(layout, column);
      const top = Math.max(0, Math.floor(-y / scale + bend));
      const bottom = Math.min(lines - 1, Math.ceil((view.height - y) / scale + bend));
      for (let line = top; line <= bottom; line += 1) {
        const index = seatAt[line * columns + column] as number;
        if (index < 0) continue;
        const at = { x: column * scale + x, y: (line - bend) * scale + y, size: scale };
        this.#drawSeat(context, index, at);
      }
    }
  }

  #drawSeat(
    context: CanvasRenderingContext2D,
    index: number,
    at: { x: number; y: number; size: number },
  ): void {
    const { lookOf, tiers, numbers } = this.#hall;
    drawSeat(context, this.#theme, at, {
      look: lookOf(index),
      tier: tiers[index] as number,
      number: numbers[index] as number,
    });
  }

  #drawFocus(context: CanvasRenderingContext2D, { scale, x, y }: Camera, index: number): void {
    const centre = this.centreOf(index);
    const side = Math.max(14, scale * 1.15);
    const left = centre.x * scale + x - side / 2;
    const top = centre.y * scale + y - side / 2;
    context.beginPath();
    context.roundRect(left, top, side, side, side * 0.28);
    context.strokeStyle = this.#theme.paper;
    context.lineWidth = 6;
    context.stroke();
    context.strokeStyle = this.#theme.focus;
    context.lineWidth = 3;
    context.stroke();
  }
}
