/** The camera of a map: its position, its limits, and its animations. */
import {
  type Bounds,
  between,
  type Camera,
  centreOn,
  fitInto,
  panBy,
  reveal,
  type Size,
  shownPart,
  showPart,
  zoomAt,
} from './camera.ts';

interface Point {
  x: number;
  y: number;
}

const GLIDE_MS = 220;

export class MovingCamera {
  #bounds: Bounds;
  readonly #onMove: () => void;
  #now: Camera = { scale: 1, x: 0, y: 0 };
  #view: Size = { width: 0, height: 0 };
  /** Whether the whole hall is shown; it then stays so when the window is resized. */
  #isWhole = true;
  #glide = 0;

  /** @param onMove called after each change of the camera */
  constructor(bounds: Bounds, onMove: () => void) {
    this.#bounds = bounds;
    this.#onMove = onMove;
  }

  get now(): Camera {
    return this.#now;
  }

  get bounds(): Bounds {
    return this.#bounds;
  }

  /** How much of the hall is shown, 0 to 1. */
  get shownPart(): number {
    return shownPart(this.#now, this.#bounds, this.#view);
  }

  /** The hall has grown or shrunk at its edges. */
  setBounds(bounds: Bounds): void {
    this.#bounds = bounds;
    this.resize(this.#view);
  }

  get view(): Size {
    return this.#view;
  }

  stop(): void {
    this.#glide += 1;
  }

  resize(view: Size): void {
    this.#view = view;
    if (this.#isWhole) this.#jump(fitInto(this.#bounds, view));
    else this.pan(0, 0);
  }

  pan(dx: number, dy: number): void {
    this.#jump(panBy(this.#now, dx, dy, this.#bounds, this.#view));
  }

  zoom(factor: number, at: Point): void {
    this.#isWhole = false;
    this.#jump(zoomAt(this.#now, factor, at, this.#bounds, this.#view));
  }

  glideZoom(factor: number): void {
    const { width, height } = this.#view;
    const middle = { x: width / 2, y: height / 2 };
    this.#glideTo(zoomAt(this.#now, factor, middle, this.#bounds, this.#view));
  }

  showWhole(): void {
    this.#glideTo(fitInto(this.#bounds, this.#view));
    this.#isWhole = true;
  }

  /** Zooms in on a point of the hall. @param scale in pixels per cell */
  approach(scale: number, cell: Point): void {
    this.#glideTo(centreOn(scale, cell, this.#bounds, this.#view));
  }

  /** Shows a part of the hall as large as fits. */
  show(part: Bounds): void {
    this.#glideTo(showPart(part, this.#bounds, this.#view));
  }

  /** Centres the view on a point of the hall, at the present scale. */
  centre(cell: Point): void {
    this.#jump(centreOn(this.#now.scale, cell, this.#bounds, this.#view));
  }

  /** Moves as little as needed to bring a cell into view. */
  reveal(cell: Point): void {
    this.#jump(reveal(this.#now, cell, this.#bounds, this.#view));
  }

  /** Converts pixels of the view to cells of the hall. */
  toCell(at: Point): Point {
    const { scale, x, y } = this.#now;
    return { x: (at.x - x) / scale, y: (at.y - y) / scale };
  }

  #jump(camera: Camera): void {
    this.#glide += 1;
    this.#now = camera;
    this.#onMove();
  }

  /** Jumps without animation if the user prefers reduced motion. */
  #glideTo(target: Camera): void {
    this.#isWhole = false;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#jump(target);
      return;
    }
    this.#glide += 1;
    const glide = this.#glide;
    const start = this.#now;
    const startedAt = performance.now();
    const step = (now: number) => {
      if (glide !== this.#glide) return;
      const part = Math.min(1, Math.max(0, (now - startedAt) / GLIDE_MS));
      this.#now = between(start, target, 1 - (1 - part) ** 3);
      this.#onMove();
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }
}
