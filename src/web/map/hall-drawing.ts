/** Draws the surroundings of the seats: the stage, and the names of sections and rows. */
import type { Camera, Size } from './camera.ts';
import type { Theme } from './draw/theme.ts';
import { bendAt, type Layout } from './layout.ts';

/** The space around the seats, in cells. */
export const MARGIN = { side: 2, top: 4, bottom: 1.5 };

const SECTION_FONT_PX_MAX = 15;
const SECTION_FONT_PX_MIN = 9;
const SIGN_FONT_PX = 12;
const SIGN_PAD_PX = 8;
const SIGN_HEIGHT_PX = 22;
/** The smallest scale at which the names of rows fit. */
const ROW_SCALE_MIN = 11;

/** @param front the space for areas between the stage and the seats, in cells */
export function drawSurroundings(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { layout, stage, front }: { layout: Layout; stage: string; front: number },
  camera: Camera,
  view: Size,
): void {
  drawStage(context, theme, layout, { stage, front }, camera);
  context.textBaseline = 'middle';
  if (isRoomForNames(camera)) drawSections(context, theme, layout, camera);
  if (camera.scale >= ROW_SCALE_MIN) drawRows(context, theme, layout, camera, view);
}

function drawStage(
  context: CanvasRenderingContext2D,
  theme: Theme,
  layout: Layout,
  { stage, front }: { stage: string; front: number },
  { scale, x, y }: Camera,
): void {
  const half = layout.columns * 0.3;
  const centre = layout.columns / 2;
  const line = -1.6 - front;
  context.beginPath();
  for (let step = -10; step <= 10; step += 1) {
    const column = centre + (half * step) / 10;
    const px = column * scale + x;
    const py = (line - bendAt(layout, column - 0.5)) * scale + y;
    if (step === -10) context.moveTo(px, py);
    else context.lineTo(px, py);
  }
  context.strokeStyle = theme.line;
  context.lineWidth = Math.max(3, scale * 0.45);
  context.lineCap = 'round';
  context.stroke();
  context.font = `550 ${Math.max(11, Math.min(14, scale))}px ${theme.font}`;
  context.fillStyle = theme.quiet;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(stage, centre * scale + x, (line - 0.6) * scale + y);
}

/** Whether the names of sections fit between the sections. */
function isRoomForNames({ scale }: Camera): boolean {
  return sectionFontPx(scale) >= SECTION_FONT_PX_MIN;
}

function sectionFontPx(scale: number): number {
  return Math.min(SECTION_FONT_PX_MAX, scale * 1.3);
}

/** At small scales the names of sections are drawn on top of their seats, so this must run after the seats. */
export function drawSigns(
  context: CanvasRenderingContext2D,
  theme: Theme,
  layout: Layout,
  camera: Camera,
  view: Size,
): void {
  if (isRoomForNames(camera)) return;
  const { scale, x, y } = camera;
  context.font = `600 ${SIGN_FONT_PX}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { name, column, line, columns, lines } of layout.blocks) {
    if (name === null) continue;
    if (SIGN_HEIGHT_PX > lines * scale) continue;
    const text = fitted(context, name, columns * scale - SIGN_PAD_PX * 2);
    if (text === '') continue;
    const width = context.measureText(text).width + SIGN_PAD_PX * 2;
    const middle = (column + columns / 2) * scale + x;
    const centre = (line + lines / 2 - bendAt(layout, column + columns / 2)) * scale + y;
    if (!isIn(view, middle, centre, width)) continue;
    context.beginPath();
    context.roundRect(middle - width / 2, centre - SIGN_HEIGHT_PX / 2, width, SIGN_HEIGHT_PX, 6);
    context.fillStyle = theme.paper;
    context.fill();
    context.fillStyle = theme.ink;
    context.fillText(text, middle, centre + 0.5);
  }
}

/** The text, or its beginning with an ellipsis; empty if not even a letter fits. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const { width } = context.measureText(text);
  if (width <= room) return text;
  const letters = Math.floor((text.length * room) / width) - 1;
  return letters < 1 ? '' : `${text.slice(0, letters).trimEnd()}…`;
}

/** Whether a text could be seen, so that those outside cost nothing. */
function isIn(view: Size, x: number, y: number, width: number): boolean {
  const isAcross = x + width / 2 > 0 && x - width / 2 < view.width;
  return isAcross && y > -SIGN_HEIGHT_PX && y < view.height + SIGN_HEIGHT_PX;
}

function drawSections(
  context: CanvasRenderingContext2D,
  theme: Theme,
  layout: Layout,
  { scale, x, y }: Camera,
): void {
  context.font = `600 ${sectionFontPx(scale)}px ${theme.font}`;
  context.fillStyle = theme.quiet;
  context.textAlign = 'center';
  for (const { name, column, line, columns } of layout.blocks) {
    if (name === null) continue;
    const middle = column + columns / 2;
    const above = line - 0.9 - bendAt(layout, middle - 0.5);
    context.fillText(name, middle * scale + x, above * scale + y);
  }
}

function drawRows(
  context: CanvasRenderingContext2D,
  theme: Theme,
  layout: Layout,
  { scale, x, y }: Camera,
  view: Size,
): void {
  context.font = `500 ${Math.round(Math.min(14, scale * 0.5))}px ${theme.font}`;
  context.fillStyle = theme.quiet;
  context.textAlign = 'center';
  for (const { name, column, line } of layout.rows) {
    const middle = line + 0.5 - bendAt(layout, column + 1);
    const [left, top] = [(column + 0.35) * scale + x, middle * scale + y];
    if (isIn(view, left, top, SIGN_HEIGHT_PX)) context.fillText(name, left, top);
  }
}
