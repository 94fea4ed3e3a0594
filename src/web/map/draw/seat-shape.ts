/** Draws one seat. The shape shows its state and the mark its category, so that colour is never the only sign. */
import { type Cell, drawMark } from './marks.ts';
import { MARKS } from './palette.ts';
import type { Theme } from './theme.ts';

/** `mine` and `chosen` are the user's seats, `dim` a free one that the filter leaves out; the others are states. */
export type Look = 'free' | 'held' | 'sold' | 'blocked' | 'dim' | 'mine' | 'chosen';

export interface DrawnSeat {
  look: Look;
  /** The category, as an index of the palette. */
  tier: number;
  number: number;
  kind?: 'accessible' | 'companion' | undefined;
}

/** The margin around a seat as a share of its cell; the user's seats are drawn larger. */
const INSET = 0.11;
const INSET_OWN = 0.02;
const INSET_HELD = 0.2;
const ROUND = 0.24;
/** The smallest size at which a seat shows its number, and its mark. */
export const NUMBER_PX = 19;
const MARK_PX = 5;
/** Below this size seats touch each other: gaps of a fraction of a pixel would show as stripes. */
export const GAPLESS_PX = 3.5;

export function drawSeat(
  context: CanvasRenderingContext2D,
  theme: Theme,
  at: Cell,
  seat: DrawnSeat,
): void {
  const { look } = seat;
  if (look === 'sold') drawDot(context, theme.sold, at);
  else if (look === 'blocked') drawMark(context, theme.held, at, 'cross', 1.15);
  else {
    outline(context, at, seat);
    if (look === 'held') strokeHeld(context, theme.held, at);
    else fillSeat(context, theme, at, seat);
  }
}

function fillSeat(
  context: CanvasRenderingContext2D,
  theme: Theme,
  at: Cell,
  seat: DrawnSeat,
): void {
  const { look, tier, kind } = seat;
  const isFree = look === 'free';
  const other = look === 'dim' ? theme.dim : theme.ink;
  context.fillStyle = isFree ? (theme.colours[tier] as string) : other;
  context.fill();
  const colour = theme.onColours[tier] as string;
  if (look === 'mine' || look === 'chosen') drawTick(context, theme.paper, at);
  else if (isFree && kind) drawMark(context, colour, at, kind);
  else if (isFree && at.size >= NUMBER_PX && seat.number > 0) drawNumber(context, theme, at, seat);
  else if (isFree && at.size >= MARK_PX) drawMark(context, colour, at, MARKS[tier] ?? 'none');
}

function strokeHeld(context: CanvasRenderingContext2D, colour: string, { size }: Cell): void {
  context.strokeStyle = colour;
  context.lineWidth = Math.max(0.75, size * 0.07);
  context.stroke();
}

/** Seats of people with disabilities and of their companions are round, the others square. */
function outline(
  context: CanvasRenderingContext2D,
  { x, y, size }: Cell,
  { look, kind }: DrawnSeat,
): void {
  const isOwn = look === 'mine' || look === 'chosen';
  const inset = size * (isOwn ? INSET_OWN : look === 'held' ? INSET_HELD : kind ? 0.04 : INSET);
  const side = size - 2 * inset;
  context.beginPath();
  if (size < GAPLESS_PX) context.rect(x, y, size, size);
  else context.roundRect(x + inset, y + inset, side, side, side * (kind ? 0.5 : ROUND));
}

function drawDot(context: CanvasRenderingContext2D, colour: string, { x, y, size }: Cell): void {
  context.beginPath();
  context.arc(x + size / 2, y + size / 2, Math.max(0.5, size * 0.13), 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

function drawTick(context: CanvasRenderingContext2D, colour: string, { x, y, size }: Cell): void {
  context.beginPath();
  context.moveTo(x + size * 0.32, y + size * 0.52);
  context.lineTo(x + size * 0.45, y + size * 0.65);
  context.lineTo(x + size * 0.69, y + size * 0.37);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, size * 0.085);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke();
}

/** The number, and above it the mark of the category, small. */
function drawNumber(
  context: CanvasRenderingContext2D,
  theme: Theme,
  at: Cell,
  { number, tier }: DrawnSeat,
): void {
  const { x, y, size } = at;
  const text = String(number);
  const mark = MARKS[tier] ?? 'none';
  const colour = theme.onColours[tier] as string;
  context.fillStyle = colour;
  context.font = `550 ${Math.round(size * (text.length > 3 ? 0.24 : 0.34))}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + size / 2, y + size * (mark === 'none' ? 0.52 : 0.62));
  if (mark === 'none') return;
  const small = size * 0.5;
  drawMark(context, colour, { x: x + (size - small) / 2, y: y + size * 0.05, size: small }, mark);
}
