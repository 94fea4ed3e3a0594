/**
 * Draws the hall: its surroundings, and the seats by tiles. While the scale changes there are no tiles yet, so few seats are drawn
 * directly, and many are shown by the overview. So 50,000 seats move as smoothly as 500.
 */
import type { Bounds, Camera, Size } from './camera.ts';
import { type AreaBlock, depthOfAreas, drawAreas } from './draw/area-blocks.ts';
import { Overview } from './draw/overview.ts';
import { toDrawn } from './draw/seat-looks.ts';
import { drawSeat } from './draw/seat-shape.ts';
import type { Theme } from './draw/theme.ts';
import { type DrawnHall, Tiles } from './draw/tiles.ts';
import { drawSigns, drawSurroundings, MARGIN } from './hall-drawing.ts';
import { bendAt, type Layout } from './layout.ts';

export interface Hall extends DrawnHall {
  stage: string;
}

/** How long one frame may draw tiles, in ms. A frame has 16 of them. */
const TILES_MS = 6;
/** Up to this number of visible seats, they are drawn directly while the scale changes. */
const FEW_SEATS = 500;

export class Painter {
  readonly #hall: Hall;
  readonly #tiles: Tiles;
  readonly overview: Overview;
  #areas: readonly AreaBlock[] = [];
  #theme: Theme;
  #lastScale: number | undefined;

  constructor(hall: Hall, theme: Theme) {
    this.#hall = hall;
    this.#theme = theme;
    this.#tiles = new Tiles(hall, theme);
    this.overview = new Overview(hall, theme);
  }

  /** The area that is visible when the whole hall is shown, in cells. */
  get bounds(): Bounds {
    const { columns, lines, bendMax } = this.#hall.layout;
    return {
      left: -MARGIN.side,
      top: -MARGIN.top - bendMax - depthOfAreas(this.#hall.layout, this.#areas),
      right: columns + MARGIN.side,
      bottom: lines + MARGIN.bottom,
    };
  }

  get layout(): Layout {
    return this.#hall.layout;
  }

  get areas(): readonly AreaBlock[] {
    return this.#areas;
  }

  setAreas(areas: readonly AreaBlock[]): void {
    this.#areas = areas;
  }

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#tiles.setTheme(theme);
    this.overview.setTheme(theme);
  }

  /** The centre of a seat, in cells. */
  centreOf(index: number): { x: number; y: number } {
    const { layout } = this.#hall;
    const column = layout.columnOf[index] as number;
    return { x: column + 0.5, y: (layout.lineOf[index] as number) + 0.5 - bendAt(layout, column) };
  }

  /** Notes that seats look different now. @param indexes all seats if undefined */
  update(indexes?: readonly number[]): void {
    if (indexes) this.#tiles.stale(indexes);
    else this.#tiles.staleAll();
    this.overview.stale();
  }

  /**
   * @param pixelRatio device pixels per CSS pixel
   * @returns whether nothing is left to draw for this camera
   */
  draw(
    context: CanvasRenderingContext2D,
    camera: Camera,
    view: Size,
    pixelRatio: number,
    focus: number | undefined,
  ): boolean {
    const until = performance.now() + TILES_MS;
    const { layout, stage } = this.#hall;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    const front = depthOfAreas(layout, this.#areas);
    drawSurroundings(context, this.#theme, { layout, stage, front }, camera, view);
    drawAreas(context, this.#theme, { layout, areas: this.#areas }, camera);
    const isDone = this.#drawSeats(context, camera, view, pixelRatio, until);
    drawSigns(context, this.#theme, layout, camera, view);
    if (focus !== undefined) this.#drawFocus(context, camera, focus);
    return isDone;
  }

  #drawSeats(
    context: CanvasRenderingContext2D,
    camera: Camera,
    view: Size,
    pixelRatio: number,
    until: number,
  ): boolean {
    const scale = camera.scale * pixelRatio;
    // An animated zoom or a pinch has another scale in each frame: tiles would be of use for one frame.
    const isMoving = this.#lastScale !== scale;
    this.#lastScale = scale;
    if (isMoving && (view.width * view.height) / camera.scale ** 2 < FEW_SEATS) {
      this.#drawVisible(context, camera, view);
      return false;
    }
    const left = Math.round(camera.x * pixelRatio);
    const top = Math.round(camera.y * pixelRatio);
    const [width, height] = [view.width * pixelRatio, view.height * pixelRatio];
    const frame = { left: -left, top: -top, width, height };
    context.setTransform(1, 0, 0, 1, 0, 0);
    let isDone = false;
    if (isMoving) this.#drawOverview(context, frame, frame, scale);
    else {
      this.#tiles.setScale(scale, pixelRatio);
      isDone = this.#tiles.show(
        context,
        frame,
        (part) => this.#drawOverview(context, frame, part, scale),
        until,
      );
    }
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    return isDone;
  }

  /** Shows a part of the overview where the view shows that part of the hall. */
  #drawOverview(
    context: CanvasRenderingContext2D,
    view: { left: number; top: number },
    part: { left: number; top: number; width: number; height: number },
    scale: number,
  ): void {
    const { picture, scale: own } = this.overview;
    const shrink = own / scale;
    const up = Math.round(this.#hall.layout.bendMax * own);
    context.drawImage(
      picture,
      part.left * shrink,
      part.top * shrink + up,
      part.width * shrink,
      part.height * shrink,
      part.left - view.left,
      part.top - view.top,
      part.width,
      part.height,
    );
  }

  #drawVisible(context: CanvasRenderingContext2D, { scale, x, y }: Camera, view: Size): void {
    const { layout, styles, numbers } = this.#hall;
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
        drawSeat(context, this.#theme, at, toDrawn(styles[index] as number, numbers[index]));
      }
    }
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
