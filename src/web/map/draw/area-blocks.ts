/** Standing areas on the map: blocks between the stage and the seats, with their names and free places. */
import type { Camera } from '../camera.ts';
import type { Layout } from '../layout.ts';
import type { Theme } from './theme.ts';

/** An area as the map shows it. */
export interface AreaBlock {
  id: number;
  name: string;
  /** The free places in words. */
  text: string;
  /** Whether nothing is free, or the filter leaves it out. */
  isDim: boolean;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const FONT_PX_MAX = 15;
const FONT_PX_MIN = 9;
const WIDTH_PART = 0.6;
const HEIGHT_PART = 0.16;
const HEIGHT_MIN = 4;
const GAP_PART = 0.03;

/** How deep the space for areas is, in cells; it lies before the first line. */
export function depthOfAreas(layout: Layout, areas: readonly AreaBlock[]): number {
  return areas.length === 0 ? 0 : Math.max(HEIGHT_MIN, layout.lines * HEIGHT_PART);
}

function boxOf(layout: Layout, areas: readonly AreaBlock[], index: number): Box {
  const whole = layout.columns * WIDTH_PART;
  const gap = Math.max(0.5, layout.columns * GAP_PART);
  const width = (whole - gap * (areas.length - 1)) / areas.length;
  const left = (layout.columns - whole) / 2 + index * (width + gap);
  // The sides of the hall are bent upwards, so the block ends above the highest seat beneath it.
  const bend = layout.bendMax * WIDTH_PART ** 2;
  const depth = depthOfAreas(layout, areas);
  return { left, top: -depth - bend, width, height: depth - 1 };
}

/** The area at a point, given in cells. */
export function areaAt(
  layout: Layout,
  areas: readonly AreaBlock[],
  at: { x: number; y: number },
): AreaBlock | undefined {
  return areas.find((_, index) => {
    const { left, top, width, height } = boxOf(layout, areas, index);
    return at.x >= left && at.x <= left + width && at.y >= top && at.y <= top + height;
  });
}

export function drawAreas(
  context: CanvasRenderingContext2D,
  theme: Theme,
  { layout, areas }: { layout: Layout; areas: readonly AreaBlock[] },
  { scale, x, y }: Camera,
): void {
  areas.forEach((area, index) => {
    const box = boxOf(layout, areas, index);
    const [left, top] = [box.left * scale + x, box.top * scale + y];
    const [width, height] = [box.width * scale, box.height * scale];
    context.beginPath();
    context.roundRect(left, top, width, height, Math.min(10, height / 4));
    context.fillStyle = theme.paper;
    context.fill();
    context.setLineDash([6, 4]);
    context.strokeStyle = area.isDim ? theme.dim : theme.held;
    context.lineWidth = 1.5;
    context.stroke();
    context.setLineDash([]);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    const middle = left + width / 2;
    const px = Math.min(FONT_PX_MAX, height * 0.34);
    const hasBoth = px >= FONT_PX_MIN;
    const colour = area.isDim ? theme.quiet : theme.ink;
    const name = { text: area.name, colour, weight: 600 };
    const free = { text: area.text, colour: theme.quiet, weight: 400 };
    const shared = { font: theme.font, x: middle, room: width - 12 };
    if (!hasBoth) write(context, { ...name, ...shared, y: top + height / 2, px: height * 0.6 });
    else {
      write(context, { ...name, ...shared, y: top + height * 0.32, px });
      write(context, { ...free, ...shared, y: top + height * 0.71, px });
    }
  });
}

interface Line {
  text: string;
  colour: string;
  weight: number;
  font: string;
  x: number;
  y: number;
  /** The largest size and width in pixels. */
  px: number;
  room: number;
}

/** Writes as large as fits, or not at all. */
function write(context: CanvasRenderingContext2D, line: Line): void {
  const { text, colour, weight, font, x, y, room } = line;
  const most = Math.min(line.px, FONT_PX_MAX);
  context.font = `${weight} ${most}px ${font}`;
  const px = most * Math.min(1, room / context.measureText(text).width);
  if (px < FONT_PX_MIN) return;
  context.font = `${weight} ${px}px ${font}`;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
