/** Makes a plan of a CSV file with one line for each run of seats that are alike. */
import type {
  ParsedPlan,
  PlanRow,
  PlanSeat,
  PlanSection,
  SeatKind,
} from '../api/catalogue/halls.ts';
import { type CsvLine, csvLines } from './csv-lines.ts';
import { Faults } from './faults.ts';
import { CATEGORIES_MAX, ROWS_MAX, SEATS_MAX, SECTIONS_MAX } from './limits.ts';

const COLUMNS = ['section', 'row', 'from', 'to', 'category', 'kind'] as const;
type Column = (typeof COLUMNS)[number];
const REQUIRED: readonly Column[] = ['from', 'category'];
const KINDS: readonly string[] = ['accessible', 'companion'] satisfies SeatKind[];

/**
 * The first line names the columns, in any order: `section` and `row` (optional), `from` and `to` (numbers of seats; `to` is optional),
 * `category`, `kind` (`accessible`, `companion` or nothing; optional). Lines of one section and row make one row. Categories,
 * sections and rows keep the order in which they come first. Areas, colours and positions are not in such a file.
 * @returns the plan, or up to 100 faults at places such as `line 7, column kind`
 */
export function planFromCsv(text: string): ParsedPlan {
  const faults = new Faults();
  const lines = csvLines(text);
  if (!lines) faults.add('file', 'not-csv');
  const [header, ...rest] = lines ?? [];
  if (lines && !header) faults.add('file', 'empty');
  const columns = header ? columnsOf(header, faults) : new Map<Column, number>();
  if (faults.list.length > 0) return { errors: faults.list };
  const collector = new Collector(faults);
  for (const line of rest) collector.add(line, columns);
  return collector.plan();
}

function columnsOf({ line, cells }: CsvLine, faults: Faults): Map<Column, number> {
  const columns = new Map<Column, number>();
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim().toLowerCase();
    const column = COLUMNS.find((each) => each === name);
    if (column && !columns.has(column)) columns.set(column, index);
    else if (name !== '') faults.add(`line ${line}`, 'unknown-column', { value: cell.trim() });
  }
  for (const column of REQUIRED) {
    if (!columns.has(column)) faults.add(`line ${line}`, 'missing', { column });
  }
  return columns;
}

/** The sections and rows of the lines so far. */
class Collector {
  readonly #faults: Faults;
  readonly #categories = new Set<string>();
  readonly #sections = new Map<string | null, Map<string | null, PlanSeat[]>>();
  /** In which line each seat stands. */
  readonly #seen = new Map<string, number>();
  #seats = 0;
  #rows = 0;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  add({ line, cells }: CsvLine, columns: ReadonlyMap<Column, number>): void {
    const faults = this.#faults;
    const before = faults.list.length;
    const placeOf = (column: Column) => `line ${line}, column ${column}`;
    const cellOf = (column: Column) => cells[columns.get(column) ?? -1] ?? '';
    const section = faults.name(placeOf('section'), cellOf('section'));
    const row = faults.name(placeOf('row'), cellOf('row'));
    const from = faults.seatNumber(placeOf('from'), cellOf('from'));
    const hasTo = cellOf('to').trim() !== '';
    const to = hasTo ? faults.seatNumber(placeOf('to'), cellOf('to')) : from;
    const category = faults.name(placeOf('category'), cellOf('category'));
    if (category === null) faults.add(placeOf('category'), 'empty');
    const kind = cellOf('kind').trim().toLowerCase();
    if (kind !== '' && !KINDS.includes(kind)) {
      faults.add(placeOf('kind'), 'unknown-kind', { value: cellOf('kind').trim() });
    }
    if (from !== undefined && to !== undefined && to < from) {
      faults.add(placeOf('to'), 'out-of-range', { value: to, min: from });
    }
    if (faults.list.length > before || from === undefined || to === undefined) return;
    if (section === undefined || row === undefined || !category) return;
    // A file with more says so at the end; to unroll them all could take for ever.
    this.#seats += to - from + 1;
    if (this.#seats > SEATS_MAX) return;
    this.#categories.add(category);
    const seats = this.#rowOf(section, row);
    for (let number = from; number <= to; number += 1) {
      const key = JSON.stringify([section, row, number]);
      const first = this.#seen.get(key);
      if (first !== undefined) {
        faults.add(placeOf('from'), 'seat-twice', { number, first: `line ${first}` });
        return;
      }
      this.#seen.set(key, line);
      seats.push({ number, category, ...(kind !== '' && { kind: kind as SeatKind }) });
    }
  }

  #rowOf(section: string | null, row: string | null): PlanSeat[] {
    const rows = this.#sections.get(section) ?? new Map<string | null, PlanSeat[]>();
    this.#sections.set(section, rows);
    const known = rows.get(row);
    if (known) return known;
    const seats: PlanSeat[] = [];
    rows.set(row, seats);
    this.#rows += 1;
    return seats;
  }

  plan(): ParsedPlan {
    const faults = this.#faults;
    faults.most('file', this.#seats, SEATS_MAX);
    faults.most('file', this.#rows, ROWS_MAX);
    faults.most('file', this.#categories.size, CATEGORIES_MAX);
    faults.most('file', this.#sections.size, SECTIONS_MAX);
    if (faults.list.length === 0 && this.#seats === 0) faults.add('file', 'empty');
    if (faults.list.length > 0) return { errors: faults.list };
    const sections = [...this.#sections].map(([name, rows]): PlanSection => {
      const inOrder = [...rows].map(
        ([row, seats]): PlanRow => ({
          name: row,
          seats: seats.toSorted((a, b) => a.number - b.number),
        }),
      );
      return { name, rows: inOrder };
    });
    const categories = [...this.#categories].map((name) => ({ name }));
    return { plan: { categories, sections }, name: null };
  }
}
