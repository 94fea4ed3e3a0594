/**
 * Arranges the seats on a grid of cells. The rows of a section are stacked to a block, and blocks are placed next to
 * each other until the hall is about as wide as it is deep. When drawn, the grid is bent slightly towards the stage.
 */
import type { Seat } from '../../commands/schemas/resources.ts';

export interface Block {
  name: string | null;
  column: number;
  line: number;
  columns: number;
  lines: number;
}

export interface RowLabel {
  name: string;
  column: number;
  line: number;
}

export interface Layout {
  columns: number;
  lines: number;
  /** The cell of each seat. */
  columnOf: Uint16Array;
  lineOf: Uint16Array;
  /** The seat in each cell, line by line; -1 for an empty cell. */
  seatAt: Int32Array;
  blocks: readonly Block[];
  rows: readonly RowLabel[];
  /** How far the sides of the hall are bent upwards, in cells. */
  bendMax: number;
}

/** The cells of one line from left to right: seats, and GAP between two ranges of a row. */
interface Line {
  row: string | null;
  cells: number[];
}

interface Part {
  name: string | null;
  lines: Line[];
  columns: number;
}

const GAP = -1;
const GAP_COLUMNS = 2;
const NAMED_ROW_MAX = 80;
const UNNAMED_ROW_MIN = 20;
const AISLE_COLUMNS = 3;
/** Includes space for the name of the section. */
const AISLE_LINES = 3;
const WIDER_THAN_DEEP = 1.25;
const BEND_PART = 0.05;
const BEND_MAX = 5;

export function layOut(seats: readonly Seat[]): Layout {
  const parts = partsOf(seats);
  const area = parts.reduce((sum, { columns, lines }) => {
    return sum + (columns + AISLE_COLUMNS) * (lines.length + AISLE_LINES);
  }, 0);
  const widest = Math.max(1, ...parts.map(({ columns }) => columns));
  const widthMax = Math.max(widest, Math.ceil(Math.sqrt(area) * WIDER_THAN_DEEP));
  const shelves = toShelves(parts, widthMax);
  const columns = Math.max(1, ...shelves.map(widthOf));

  const columnOf = new Uint16Array(seats.length);
  const lineOf = new Uint16Array(seats.length);
  const blocks: Block[] = [];
  const rows: RowLabel[] = [];
  let line = 0;
  for (const shelf of shelves) {
    line += shelf.some(({ name }) => name !== null) ? AISLE_LINES - 1 : 1;
    let column = Math.floor((columns - widthOf(shelf)) / 2);
    for (const part of shelf) {
      const { name, columns: width, lines } = part;
      blocks.push({ name, column, line, columns: width, lines: lines.length });
      lines.forEach((each, index) => {
        const start = column + Math.floor((width - each.cells.length) / 2);
        if (each.row !== null) rows.push({ name: each.row, column: start - 1, line: line + index });
        each.cells.forEach((seat, offset) => {
          if (seat === GAP) return;
          columnOf[seat] = start + offset;
          lineOf[seat] = line + index;
        });
      });
      column += width + AISLE_COLUMNS;
    }
    line += Math.max(...shelf.map((part) => part.lines.length));
  }
  const lines = Math.max(1, line);
  const seatAt = new Int32Array(columns * lines).fill(-1);
  for (let seat = 0; seat < seats.length; seat += 1) {
    seatAt[(lineOf[seat] as number) * columns + (columnOf[seat] as number)] = seat;
  }
  const bendMax = Math.min(BEND_MAX, columns * BEND_PART);
  return { columns, lines, columnOf, lineOf, seatAt, blocks, rows, bendMax };
}

function widthOf(shelf: readonly Part[]): number {
  return shelf.reduce((sum, { columns }) => sum + columns, AISLE_COLUMNS * (shelf.length - 1));
}

function toShelves(parts: readonly Part[], widthMax: number): Part[][] {
  const shelves: Part[][] = [];
  for (const part of parts) {
    const last = shelves.at(-1);
    if (last && widthOf([...last, part]) <= widthMax) last.push(part);
    else shelves.push([part]);
  }
  return shelves;
}

function partsOf(seats: readonly Seat[]): Part[] {
  const bySection = new Map<string | null, Line[]>();
  let line: Line | undefined;
  seats.forEach(({ section, row, number }, seat) => {
    const before = seats[seat - 1];
    const isSameRow = before?.section === section && before.row === row;
    const isNext = isSameRow && before.number + 1 === number;
    // A row can consist of several ranges with an aisle between them.
    if (line && (isNext || (isSameRow && row !== null && number > before.number))) {
      if (!isNext) line.cells.push(...Array(GAP_COLUMNS).fill(GAP));
      line.cells.push(seat);
      return;
    }
    line = { row, cells: [seat] };
    const lines = bySection.get(section);
    if (lines) lines.push(line);
    else bySection.set(section, [line]);
  });
  return [...bySection].map(([name, long]) => {
    const count = long.reduce((sum, { cells }) => sum + cells.length, 0);
    const unnamedMax = Math.max(UNNAMED_ROW_MIN, Math.ceil(Math.sqrt(count * WIDER_THAN_DEEP)));
    const lines = long.flatMap((each) =>
      inEqualLines(each, each.row === null ? unnamedMax : NAMED_ROW_MAX),
    );
    return { name, lines, columns: Math.max(...lines.map(({ cells }) => cells.length)) };
  });
}

/** Splits a long row into several lines; only the first one has the name of the row. */
function inEqualLines({ row, cells }: Line, max: number): Line[] {
  const parts = Math.ceil(cells.length / max);
  const length = Math.ceil(cells.length / parts);
  return Array.from({ length: parts }, (_, part) => ({
    row: part === 0 ? row : null,
    cells: cells.slice(part * length, (part + 1) * length),
  }));
}

/** How far a column is bent upwards, in cells. */
export function bendAt({ columns, bendMax }: Layout, column: number): number {
  const fromCentre = (column + 0.5 - columns / 2) / (columns / 2);
  return bendMax * fromCentre * fromCentre;
}

/** The seat at a point, given in cells; -1 if there is none. */
export function seatAtPoint(layout: Layout, x: number, y: number): number {
  const column = Math.floor(x);
  const line = Math.floor(y + bendAt(layout, column));
  const isInside = column >= 0 && column < layout.columns && line >= 0 && line < layout.lines;
  return isInside ? (layout.seatAt[line * layout.columns + column] as number) : -1;
}

/** The next wanted seat in a direction: in the same line, or the nearest one in the next line that has seats. */
export function seatBeside(
  layout: Layout,
  from: number,
  dx: number,
  dy: number,
  isWanted: (seat: number) => boolean = () => true,
): number {
  const { columns, lines, seatAt, columnOf, lineOf } = layout;
  const column = columnOf[from] as number;
  const line = lineOf[from] as number;
  if (dy === 0) {
    for (let next = column + dx; next >= 0 && next < columns; next += dx) {
      const seat = seatAt[line * columns + next] as number;
      if (seat >= 0 && isWanted(seat)) return seat;
    }
    return from;
  }
  for (let next = line + dy; next >= 0 && next < lines; next += dy) {
    for (let aside = 0; aside < columns; aside += 1) {
      for (const candidate of [column - aside, column + aside]) {
        if (candidate < 0 || candidate >= columns) continue;
        const seat = seatAt[next * columns + candidate] as number;
        if (seat >= 0 && isWanted(seat)) return seat;
      }
    }
  }
  return from;
}
