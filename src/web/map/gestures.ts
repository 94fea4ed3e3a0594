/** Translates touch, mouse and wheel events over the map into pans, zooms and taps. */

export interface GestureHandlers {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: { x: number; y: number }): void;
  tap(at: { x: number; y: number }, isTouch: boolean): void;
  /** Called with the position of the mouse over the map, and with undefined when it leaves. */
  hover(at: { x: number; y: number } | undefined): void;
}

/** A touch may move this far and still count as a tap. */
const TAP_PX_MAX = 8;
const WHEEL_STEP = 0.0022;
const WHEEL_LINE_PX = 16;

/** @returns a function that removes the listeners */
export function listenToGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;

  const pointOf = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, pointOf(event));
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
      handlers.pan(now.x - before.x, now.y - before.y);
    }
  };

  /**
   * The other finger is still: the midpoint moves by half the distance (a pan), and the change of distance is a zoom.
   */
  const pinch = (
    before: { x: number; y: number },
    now: { x: number; y: number },
    other: { x: number; y: number },
  ) => {
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
    const isTap = isLast && event.type === 'pointerup' && travelled <= TAP_PX_MAX;
    if (isTap) handlers.tap(pointOf(event), event.pointerType !== 'mouse');
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
