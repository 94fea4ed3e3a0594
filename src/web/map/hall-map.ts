/** The seat map on its canvas. It redraws when seats, the user's selection, the focus or the camera change. */
import { listenToGestures } from './gestures.ts';
import { type Layout, layOut, seatAtPoint, seatBeside } from './layout.ts';
import { MovingCamera } from './moving-camera.ts';
import { Painter } from './painter.ts';
import type { Look } from './seat-shape.ts';
import type { SeatStates } from './seat-states.ts';
import { onSchemeChange, readTheme, tiersOf } from './theme.ts';

export interface HallMapHandlers {
  pick(index: number): void;
  focus(index: number): void;
  /** @param index the seat under the mouse, if any */
  hover(index: number | undefined, at: { x: number; y: number }): void;
}

/** A seat smaller than this, in pixels, is hard to hit, so a tap zooms in instead. */
const PICK_PX_MIN = { touch: 22, mouse: 9 };
const NOWHERE = { x: Number.NaN, y: Number.NaN };
/** Indexed by the code of a state. */
const LOOKS: readonly Look[] = ['free', 'held', 'sold'];
const NEAR_SCALE = 34;
const KEY_SCALE_MIN = 14;
const KEY_SCALE = 24;
const KEY_ZOOM = 1.4;
const STEPS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const pixelRatio = () => Math.min(2, devicePixelRatio);

export class HallMap {
  readonly camera: MovingCamera;
  readonly #canvas: HTMLCanvasElement;
  readonly #states: SeatStates;
  readonly #layout: Layout;
  readonly #painter: Painter;
  readonly #handlers: HallMapHandlers;
  readonly #stops: readonly (() => void)[];
  #mine: ReadonlySet<number> = new Set();
  #chosen: ReadonlySet<number> = new Set();
  #focused: number | undefined;
  #isFocusShown = false;
  #frame: number | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    states: SeatStates,
    stage: string,
    handlers: HallMapHandlers,
  ) {
    this.#canvas = canvas;
    this.#states = states;
    this.#handlers = handlers;
    const { seats } = states;
    this.#layout = layOut(seats);
    const tiers = tiersOf(seats);
    this.#painter = new Painter(
      {
        layout: this.#layout,
        stage,
        numbers: seats.map(({ number }) => number),
        tiers: Uint8Array.from(seats, ({ price }) => tiers.of(price)),
        lookOf: (index) => this.#lookOf(index),
      },
      readTheme(tiers.count),
    );
    this.camera = new MovingCamera(this.#painter.bounds, () => this.#drawSoon());
    this.#stops = this.#listen(() => readTheme(tiers.count));
    this.#resize();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.camera.stop();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  setOwn(mine: ReadonlySet<number>, chosen: ReadonlySet<number>): void {
    const before = [...this.#mine, ...this.#chosen];
    [this.#mine, this.#chosen] = [mine, chosen];
    this.#update([...before, ...mine, ...chosen]);
  }

  /** @param isShown whether to show the focus ring: for keyboard use, not for touch */
  showFocus(isShown: boolean): void {
    this.#isFocusShown = isShown;
    if (isShown) this.#focusOn(this.#focused ?? this.#states.firstFree);
    this.#drawSoon();
  }

  /** @returns whether the map handled the key */
  pressKey(key: string): boolean {
    const step = STEPS[key];
    if (step) this.#walk(...step);
    else if (key === 'Enter' || key === ' ') this.#pickFocused();
    else if (key === '+' || key === '=') this.camera.glideZoom(KEY_ZOOM);
    else if (key === '-') this.camera.glideZoom(1 / KEY_ZOOM);
    else if (key === '0' || key === 'Escape') this.camera.showWhole();
    else return false;
    return true;
  }

  /** @returns functions that remove the listeners */
  #listen(readColours: () => ReturnType<typeof readTheme>): (() => void)[] {
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(this.#canvas);
    return [
      () => sizes.disconnect(),
      onSchemeChange(() => {
        this.#painter.setTheme(readColours());
        this.#drawSoon();
      }),
      this.#states.subscribe((indexes) => this.#update(indexes)),
      listenToGestures(this.#canvas, {
        pan: (dx, dy) => this.camera.pan(dx, dy),
        zoom: (factor, at) => this.camera.zoom(factor, at),
        tap: (at, isTouch) => this.#tap(at, isTouch),
        hover: (at) => this.#hover(at),
      }),
    ];
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    this.#canvas.width = Math.round(width * pixelRatio());
    this.#canvas.height = Math.round(height * pixelRatio());
    this.camera.resize({ width, height });
    this.#draw();
  }

  #update(indexes: Iterable<number>): void {
    this.#painter.update(indexes);
    this.#drawSoon();
  }

  #drawSoon(): void {
    this.#frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = undefined;
    const context = this.#canvas.getContext('2d');
    const { now, view } = this.camera;
    if (!context) return;
    const focus = this.#isFocusShown ? this.#focused : undefined;
    this.#painter.draw(context, now, view, pixelRatio(), focus);
  }

  #lookOf(index: number): Look {
    if (this.#mine.has(index)) return 'mine';
    if (this.#chosen.has(index)) return 'chosen';
    return LOOKS[this.#states.codes[index] as number] as Look;
  }

  /** If the focus ring is hidden, the first press only shows it. */
  #pickFocused(): void {
    if (this.#isFocusShown && this.#focused !== undefined) this.#handlers.pick(this.#focused);
    else this.showFocus(true);
  }

  #focusOn(index: number): void {
    this.#focused = index;
    this.#handlers.focus(index);
  }

  #walk(dx: number, dy: number): void {
    const index = seatBeside(this.#layout, this.#focused ?? this.#states.firstFree, dx, dy);
    this.#isFocusShown = true;
    this.#focusOn(index);
    const cell = this.#painter.centreOf(index);
    if (this.camera.now.scale < KEY_SCALE_MIN) this.camera.approach(KEY_SCALE, cell);
    else this.camera.reveal(cell);
  }

  #seatIndexAt(at: { x: number; y: number }): number | undefined {
    const cell = this.camera.toCell(at);
    const index = seatAtPoint(this.#layout, cell.x, cell.y);
    return index < 0 ? undefined : index;
  }

  #tap(at: { x: number; y: number }, isTouch: boolean): void {
    const { scale } = this.camera.now;
    const isTooSmall = scale < PICK_PX_MIN[isTouch ? 'touch' : 'mouse'];
    const index = isTooSmall ? undefined : this.#seatIndexAt(at);
    if (isTooSmall) this.camera.approach(NEAR_SCALE, this.camera.toCell(at));
    if (index !== undefined) this.#handlers.pick(index);
    this.#focused = index ?? this.#focused;
  }

  #hover(at = NOWHERE): void {
    const index = this.#seatIndexAt(at);
    this.#canvas.style.cursor = index === undefined ? 'grab' : 'pointer';
    this.#handlers.hover(index, at);
  }
}
