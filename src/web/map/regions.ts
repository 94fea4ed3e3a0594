/** Parts of the hall: where a section lies, and which seats a rectangle contains. */
import type { Bounds } from './camera.ts';
import { bendAt, type Layout } from './layout.ts';

/** A section with its name and some space around it, in cells. @returns undefined if there is no such section */
export function boundsOfSection(layout: Layout, section: string | undefined): Bounds | undefined {
  const block = layout.blocks.find(({ name }) => name === section);
  if (!block) return undefined;
  const { column, line, columns, lines } = block;
  const bend = bendAt(layout, column + columns / 2);
  const [left, top] = [column - 1.5, line - 2 - bend];
  return { left, top, right: column + columns + 1.5, bottom: line + lines + 1 - bend };
}

/**
 * The seats whose centres lie in a rectangle of the drawn hall. It looks at the cells of the rectangle alone.
 * @param rectangle in cells
 * @returns their indexes, column by column
 */
export function seatsIn(layout: Layout, { left, top, right, bottom }: Bounds): number[] {
  const { columns, lines, seatAt } = layout;
  const found: number[] = [];
  const first = Math.max(0, Math.ceil(left - 0.5));
  const last = Math.min(columns - 1, Math.floor(right - 0.5));
  for (let column = first; column <= last; column += 1) {
    const bend = bendAt(layout, column);
    const from = Math.max(0, Math.ceil(top - 0.5 + bend));
    const to = Math.min(lines - 1, Math.floor(bottom - 0.5 + bend));
    for (let line = from; line <= to; line += 1) {
      const seat = seatAt[line * columns + column] as number;
      if (seat >= 0) found.push(seat);
    }
  }
  return found;
}
