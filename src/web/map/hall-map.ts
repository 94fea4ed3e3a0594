/** The seat map on its canvas. It redraws when seats, the user's selection, the filter, the focus or the camera change. */
import { areaAt } from './draw/area-blocks.ts';
import type { Categories } from './draw/categories.ts';
import { HallView } from './draw/hall-view.ts';
import { SeatLooks } from './draw/seat-looks.ts';
import { NO_FILTER, type SeatFilter } from './filter.ts';
import { type Box, listenToGestures, type Point } from './gestures.ts';
import { type Layout, layOut, seatAtPoint, seatBeside } from './layout.ts';
import { boundsOfSection, seatsIn } from './regions.ts';
import { FREE, type SeatStates } from './seat-states.ts';

export interface HallMapHandlers {
  pick(index: number): void;
  focus(index: number): void;
  /** @param index the seat under the mouse, if any */
  hover(index: number | undefined, at: Point): void;
  /** Called when the user selects a standing area. */
  pickArea?(id: number): void;
  /** Called while the user draws a rectangle, and with undefined when it is to disappear. */
  draw?(box: Box | undefined): void;
  /** @param indexes the seats in the rectangle that the user has drawn */
  drawn?(indexes: readonly number[], isShift: boolean): void;
}

/** A seat smaller than this, in pixels, is hard to hit, so a tap zooms in instead. */
const PICK_PX_MIN = { touch: 22, mouse: 9 };
const NOWHERE = { x: Number.NaN, y: Number.NaN };
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

export class HallMap {
  readonly view: HallView;
  /** Whether a drag draws a rectangle around seats instead of moving the map. */
  isDrawing = false;
  readonly #canvas: HTMLCanvasElement;
  readonly #states: SeatStates;
  readonly #layout: Layout;
  readonly #looks: SeatLooks;
  readonly #handlers: HallMapHandlers;
  readonly #stops: readonly (() => void)[];
  #focused: number | undefined;
  #filter: SeatFilter = NO_FILTER;

  constructor(
    canvas: HTMLCanvasElement,
    states: SeatStates,
    { stage, categories }: { stage: string; categories: Categories },
    handlers: HallMapHandlers,
  ) {
    this.#canvas = canvas;
    this.#states = states;
    this.#handlers = handlers;
    const { seats } = states;
    const layout = layOut(seats);
    this.#layout = layout;
    this.#looks = new SeatLooks(states, categories.tiers);
    const numbers = seats.map(({ number }) => number);
    this.view = new HallView(canvas, { layout, stage, numbers, styles: this.#looks.styles });
    this.#stops = this.#listen();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.view.stop();
  }

  setOwn(mine: ReadonlySet<number>, chosen: ReadonlySet<number>): void {
    this.view.update(this.#looks.setOwn(mine, chosen));
  }

  /** Fades the seats that the filter leaves out, and shows the section that it names, or the whole hall. */
  setFilter(filter: SeatFilter): void {
    // The map begins without a filter, and 50,000 seats take a phone 100 ms.
    if (filter === this.#filter) return;
    const { section } = this.#filter;
    this.#filter = filter;
    this.#looks.setFilter(filter);
    this.view.update();
    if (filter.section === section) return;
    const part = boundsOfSection(this.#layout, filter.section);
    if (part) this.view.camera.show(part);
    else this.view.camera.showWhole();
  }

  /** @param isShown whether to show the focus ring: for keyboard use, not for touch */
  showFocus(isShown: boolean): void {
    if (isShown) this.#focusOn(this.#focused ?? this.#first);
    this.view.focused = isShown ? this.#focused : undefined;
    this.view.drawSoon();
  }

  /** @returns whether the map handled the key */
  pressKey(key: string): boolean {
    const { camera } = this.view;
    const step = STEPS[key];
    if (step) this.#walk(...step);
    else if (key === 'Enter' || key === ' ') this.#pickFocused();
    else if (key === '+' || key === '=') camera.glideZoom(KEY_ZOOM);
    else if (key === '-') camera.glideZoom(1 / KEY_ZOOM);
    else if (key === '0' || key === 'Escape') camera.showWhole();
    else return false;
    return true;
  }

  /** @returns functions that remove the listeners */
  #listen(): (() => void)[] {
    const { camera } = this.view;
    return [
      this.#states.subscribe((indexes) => {
        this.#looks.update(indexes);
        this.view.update(indexes);
      }),
      listenToGestures(this.#canvas, {
        pan: (dx, dy) => camera.pan(dx, dy),
        zoom: (factor, at) => camera.zoom(factor, at),
        tap: (at, isTouch) => this.#tap(at, isTouch),
        hover: (at) => this.#hover(at),
        isDrawing: () => this.isDrawing,
        draw: (box) => this.#handlers.draw?.(box),
        drawn: (box, isShift) => this.#handlers.drawn?.(this.#seatsIn(box), isShift),
      }),
    ];
  }

  /** Where the keyboard begins: the first free seat that the filter allows. */
  get #first(): number {
    const { codes } = this.#states;
    const first = codes.findIndex((code, index) => code === FREE && !this.#looks.isLeftOut(index));
    return first < 0 ? this.#states.firstFree : first;
  }

  /** If the focus ring is hidden, the first press only shows it. */
  #pickFocused(): void {
    if (this.view.focused === undefined) this.showFocus(true);
    else this.#pick(this.view.focused);
  }

  #pick(index: number): void {
    if (!this.#looks.isLeftOut(index)) this.#handlers.pick(index);
  }

  #focusOn(index: number): void {
    this.#focused = index;
    this.#handlers.focus(index);
  }

  #walk(dx: number, dy: number): void {
    const { camera, painter } = this.view;
    const isWanted = (seat: number) => !this.#looks.isLeftOut(seat);
    const index = seatBeside(this.#layout, this.#focused ?? this.#first, dx, dy, isWanted);
    this.#focusOn(index);
    this.view.focused = index;
    const cell = painter.centreOf(index);
    if (camera.now.scale < KEY_SCALE_MIN) camera.approach(KEY_SCALE, cell);
    else camera.reveal(cell);
  }

  #seatsIn({ left, top, right, bottom }: Box): number[] {
    const { camera } = this.view;
    const [from, to] = [camera.toCell({ x: left, y: top }), camera.toCell({ x: right, y: bottom })];
    return seatsIn(this.#layout, { left: from.x, top: from.y, right: to.x, bottom: to.y });
  }

  #seatIndexAt(at: Point): number | undefined {
    const cell = this.view.camera.toCell(at);
    const index = seatAtPoint(this.#layout, cell.x, cell.y);
    return index < 0 ? undefined : index;
  }

  #tap(at: Point, isTouch: boolean): void {
    const { camera, painter } = this.view;
    const area = areaAt(this.#layout, painter.areas, camera.toCell(at));
    if (area) {
      this.#handlers.pickArea?.(area.id);
      return;
    }
    const { scale } = camera.now;
    const isTooSmall = scale < PICK_PX_MIN[isTouch ? 'touch' : 'mouse'];
    const index = isTooSmall ? undefined : this.#seatIndexAt(at);
    if (isTooSmall) camera.approach(NEAR_SCALE, camera.toCell(at));
    if (index !== undefined) this.#pick(index);
    this.#focused = index ?? this.#focused;
  }

  #hover(at = NOWHERE): void {
    const index = this.#seatIndexAt(at);
    const idle = this.isDrawing ? 'crosshair' : 'grab';
    this.#canvas.style.cursor = index === undefined ? idle : 'pointer';
    this.#handlers.hover(index, at);
  }
}
