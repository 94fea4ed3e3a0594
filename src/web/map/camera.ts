/** The visible part of the hall: a scale and an offset, changed by panning and zooming. */

export interface Camera {
  /** Pixels per cell. */
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** The outline of the hall in cells, including the surroundings of the seats. */
export interface Bounds {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const SCALE_MAX = 56;
/** A small hall is not enlarged beyond this scale when it is shown whole. */
const FIT_SCALE_MAX = 34;

export function fitInto(bounds: Bounds, view: Size): Camera {
  const scale = Math.min(fitScale(bounds, view), FIT_SCALE_MAX);
  return {
    scale,
    x: view.width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    y: view.height / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
  };
}

function fitScale({ left, top, right, bottom }: Bounds, { width, height }: Size): number {
  return Math.max(0.5, Math.min(width / (right - left), height / (bottom - top)));
}

/** Zooms around a point of the view, which stays in its position. */
export function zoomAt(
  camera: Camera,
  factor: number,
  at: { x: number; y: number },
  bounds: Bounds,
  view: Size,
): Camera {
  const min = Math.min(fitInto(bounds, view).scale, SCALE_MAX);
  const scale = Math.min(SCALE_MAX, Math.max(min, camera.scale * factor));
  const real = scale / camera.scale;
  const moved = { scale, x: at.x - (at.x - camera.x) * real, y: at.y - (at.y - camera.y) * real };
  return keepInside(moved, bounds, view);
}

/** Shows a part of the hall as large as fits, with some space around it. */
export function showPart(part: Bounds, bounds: Bounds, view: Size): Camera {
  const scale = Math.min(
    SCALE_MAX,
    Math.max(fitInto(part, view).scale, fitInto(bounds, view).scale),
  );
  const cell = { x: (part.left + part.right) / 2, y: (part.top + part.bottom) / 2 };
  return centreOn(scale, cell, bounds, view);
}

/** How much of the hall the view shows, 0 to 1. */
export function shownPart(
  { scale }: Camera,
  { left, top, right, bottom }: Bounds,
  view: Size,
): number {
  const across = Math.min(1, view.width / ((right - left) * scale));
  return across * Math.min(1, view.height / ((bottom - top) * scale));
}

export function panBy(camera: Camera, dx: number, dy: number, bounds: Bounds, view: Size): Camera {
  return keepInside({ ...camera, x: camera.x + dx, y: camera.y + dy }, bounds, view);
}

/** Centres the view on a cell. */
export function centreOn(
  scale: number,
  cell: { x: number; y: number },
  bounds: Bounds,
  view: Size,
): Camera {
  const camera = { scale, x: view.width / 2 - cell.x * scale, y: view.height / 2 - cell.y * scale };
  return keepInside(camera, bounds, view);
}

/** Moves as little as needed to bring a cell and its neighbours into view. */
export function reveal(
  camera: Camera,
  cell: { x: number; y: number },
  bounds: Bounds,
  view: Size,
): Camera {
  const margin = Math.min(2.5 * camera.scale, view.width / 4, view.height / 4);
  const x = cell.x * camera.scale + camera.x;
  const y = cell.y * camera.scale + camera.y;
  const dx = Math.max(0, margin - x) - Math.max(0, x - (view.width - margin));
  const dy = Math.max(0, margin - y) - Math.max(0, y - (view.height - margin));
  return panBy(camera, dx, dy, bounds, view);
}

/** A hall that is smaller than the view is centred; a larger one always covers the view. */
function keepInside(camera: Camera, bounds: Bounds, view: Size): Camera {
  const { scale } = camera;
  return {
    scale,
    x: inside(camera.x, bounds.left * scale, bounds.right * scale, view.width),
    y: inside(camera.y, bounds.top * scale, bounds.bottom * scale, view.height),
  };
}

function inside(shift: number, from: number, to: number, room: number): number {
  if (to - from <= room) return room / 2 - (from + to) / 2;
  return Math.min(-from, Math.max(room - to, shift));
}

export function between(from: Camera, to: Camera, part: number): Camera {
  const mix = (a: number, b: number) => a + (b - a) * part;
  return { scale: mix(from.scale, to.scale), x: mix(from.x, to.x), y: mix(from.y, to.y) };
}
