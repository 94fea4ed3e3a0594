/** Draws one seat. The shape shows its state, so that colour is not the only sign. */
import type { Theme } from './theme.ts';

/** `mine` and `chosen` are the user's seats; the other looks correspond to the API's states. */
export type Look = 'free' | 'held' | 'sold' | 'mine' | 'chosen';

/** The margin around a seat as a share of its cell; the user's seats are drawn larger. */
const INSET = 0.11;
const INSET_OWN = 0.02;
const INSET_HELD = 0.2;
const ROUND = 0.24;
/** The smallest size at which a seat shows its number. */
const NUMBER_PX = 19;

export function drawSeat(
  context: CanvasRenderingContext2D,
  theme: Theme,
  at: { x: number; y: number; size: number },
  seat: { look: Look; tier: number; number: number },
): void {
  const { x, y, size } = at;
  const { look } = seat;
  if (look === 'sold') {
    drawDot(context, theme.sold, at);
    return;
  }
  const isOwn = look === 'mine' || look === 'chosen';
  const inset = size * (isOwn ? INSET_OWN : look === 'held' ? INSET_HELD : INSET);
  const side = size - 2 * inset;
  context.beginPath();
  context.roundRect(x + inset, y + inset, side, side, side * ROUND);
  if (look === 'held') {
    context.strokeStyle = theme.held;
    context.lineWidth = Math.max(0.75, size * 0.07);
    context.stroke();
    return;
  }
  context.fillStyle = isOwn ? theme.ink : (theme.tiers[seat.tier] as string);
  context.fill();
  if (isOwn) drawTick(context, theme.paper, at);
  else if (size >= NUMBER_PX) drawNumber(context, theme, at, seat);
}

function drawDot(
  context: CanvasRenderingContext2D,
  colour: string,
  { x, y, size }: { x: number; y: number; size: number },
): void {
  context.beginPath();
  context.arc(x + size / 2, y + size / 2, Math.max(0.5, size * 0.13), 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
}

function drawTick(
  context: CanvasRenderingContext2D,
  colour: string,
  { x, y, size }: { x: number; y: number; size: number },
): void {
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

function drawNumber(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { x, y, size }: { x: number; y: number; size: number },
  { number, tier }: { number: number; tier: number },
): void {
  const text = String(number);
  context.fillStyle = theme.onTiers[tier] as string;
  context.font = `550 ${Math.round(size * (text.length > 3 ? 0.24 : 0.34))}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + size / 2, y + size * 0.52);
}
