/**
 * Draws the hall. From afar, a picture of all seats is kept and shown as a whole, and only what changes is
 * drawn into it again; from near, the few seats in view are drawn themselves. So 50,000 seats move as
 * smoothly as 500.
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
  lookOf(place: number): Look;
}

const PICTURE_PIXELS_MAX = 6_000_000;
const PICTURE_SCALE_MAX = 16;
/** The picture may be stretched by so much before it looks blurred. */
const STRETCH_MAX = 1.05;
/** So many seats are drawn themselves at any scale. */
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

  /** What is to be seen when the hall is shown whole, in cells. */
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

  /** The middle of a seat, in cells. */
  centreOf(place: number): { x: number; y: number } {
    const { layout } = this.#hall;
    const column = layout.columnOf[place] as number;
    return { x: column + 0.5, y: (layout.lineOf[place] as number) + 0.5 - bendAt(layout, column) };
  }

  /** Draws changed seats into the kept picture. */
  update(places: Iterable<number>): void {
    if (this.#isPictureOld) return;
    const context = this.#pictureContext();
    const size = this.#pictureScale;
    for (const place of places) {
      const at = this.#pictureCellOf(place);
      context.clearRect(at.x, at.y, size, size);
      this.#drawPlace(context, place, { ...at, size });
    }
  }

  /** @param pixelRatio device pixels a pixel; the context's transform is set by it */
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
    for (let place = 0; place < columnOf.length; place += 1) {
      this.#drawPlace(context, place, { ...this.#pictureCellOf(place), size });
    }
    this.#isPictureOld = false;
  }

  #pictureContext(): CanvasRenderingContext2D {
    return this.#picture.getContext('2d') as CanvasRenderingContext2D;
  }

  /** Whole pixels, so that a seat can be wiped without touching its neighbours. */
  #pictureCellOf(place: number): { x: number; y: number } {
    const { layout } = this.#hall;
    const column = layout.columnOf[place] as number;
    const y = (layout.lineOf[place] as number) + layout.bendMax - bendAt(layout, column);
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
        const place = seatAt[line * columns + column] as number;
        if (place < 0) continue;
        const at = { x: column * scale + x, y: (line - bend) * scale + y, size: scale };
        this.#drawPlace(context, place, at);
      }
    }
  }

  #drawPlace(
    context: CanvasRenderingContext2D,
    place: number,
    at: { x: number; y: number; size: number },
  ): void {
    const { lookOf, tiers, numbers } = this.#hall;
    drawSeat(context, this.#theme, at, {
      look: lookOf(place),
      tier: tiers[place] as number,
      number: numbers[place] as number,
    });
  }

  #drawFocus(context: CanvasRenderingContext2D, { scale, x, y }: Camera, place: number): void {
    const centre = this.centreOf(place);
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
