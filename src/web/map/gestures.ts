/** Translates touch, mouse and wheel events over the map into pans, zooms and taps, or into rectangles that the user draws. */

export interface Point {
  x: number;
  y: number;
}

/** A rectangle in pixels of the map. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface GestureHandlers {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  tap(at: Point, isTouch: boolean): void;
  /** Called with the position of the mouse over the map, and with undefined when it leaves. */
  hover(at: Point | undefined): void;
  /** Whether a drag that begins now draws a rectangle. Two fingers pan and zoom nevertheless. */
  isDrawing(): boolean;
  /** Called for each move of such a drag, and with undefined when it ends or a second finger ends it. */
  draw(box: Box | undefined): void;
  /** Called when the user has drawn a rectangle. */
  drawn(box: Box, isShift: boolean): void;
}

/** A touch may move this far and still count as a tap. */
const TAP_PX_MAX = 8;
const WHEEL_STEP = 0.0022;
const WHEEL_LINE_PX = 16;

/** @returns a function that removes the listeners */
export function listenToGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const pointers = new Map<number, Point>();
  let travelled = 0;
  /** Where the rectangle begins; undefined unless the drag draws one. */
  let corner: Point | undefined;

  const pointOf = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const at = pointOf(event);
    if (pointers.size === 0) {
      travelled = 0;
      corner = handlers.isDrawing() ? at : undefined;
    } else endDrawing();
    pointers.set(event.pointerId, at);
    element.setPointerCapture(event.pointerId);
  };

  const onMove = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    const now = pointOf(event);
    if (!before) {
      if (event.pointerType === 'mouse') handlers.hover(now);
      return;
    }
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (other) pinch(before, now, other);
    else if (travelled > TAP_PX_MAX) {
      handlers.hover(undefined);
      if (corner) handlers.draw(boxOf(corner, now));
      else handlers.pan(now.x - before.x, now.y - before.y);
    }
  };

  const endDrawing = () => {
    if (corner) handlers.draw(undefined);
    corner = undefined;
  };

  /**
   * The other finger is still: the midpoint moves by half the distance (a pan), and the change of distance is a zoom.
   */
  const pinch = (before: Point, now: Point, other: Point) => {
    travelled = Number.POSITIVE_INFINITY;
    const wide = Math.hypot(before.x - other.x, before.y - other.y);
    const wider = Math.hypot(now.x - other.x, now.y - other.y);
    handlers.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    if (wide > 0) {
      handlers.zoom(wider / wide, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
  };

  const onUp = (event: PointerEvent) => {
    const isLast = pointers.delete(event.pointerId) && pointers.size === 0;
    const isTap = travelled <= TAP_PX_MAX;
    const from = corner;
    endDrawing();
    if (!isLast || event.type !== 'pointerup') return;
    const at = pointOf(event);
    if (isTap) handlers.tap(at, event.pointerType !== 'mouse');
    else if (from) handlers.drawn(boxOf(from, at), event.shiftKey);
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1);
    const step = event.ctrlKey ? 4 * WHEEL_STEP : WHEEL_STEP;
    handlers.zoom(Math.exp(-px * step), pointOf(event));
  };

  element.addEventListener('pointerdown', onDown, { signal });
  element.addEventListener('pointermove', onMove, { signal });
  element.addEventListener('pointerup', onUp, { signal });
  element.addEventListener('pointercancel', onUp, { signal });
  element.addEventListener('pointerleave', () => handlers.hover(undefined), { signal });
  element.addEventListener('wheel', onWheel, { signal, passive: false });
  return () => ending.abort();
}

function boxOf(from: Point, to: Point): Box {
  return {
    left: Math.min(from.x, to.x),
    top: Math.min(from.y, to.y),
    right: Math.max(from.x, to.x),
    bottom: Math.max(from.y, to.y),
  };
}
