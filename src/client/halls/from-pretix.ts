/**
 * Makes a plan of a seating plan of pretix, as its editor saves it. The format is that of
 * https://github.com/pretix/pretix/blob/b287f870b159379b5c4363a6252f9bc5589dd5c0/src/pretix/static/seating/seating-plan.schema.json
 * (src/pretix/static/seating/seating-plan.schema.json): `{name, categories: [{name, color?}], zones: [{name, position,
 * rows: [{row_number, position?, seats: [{seat_guid, seat_number, position, category}]}], areas?}], size}`. Positions of seats are
 * relative to their row, those of rows to their zone.
 *
 * Zones become sections. Areas are left out, because in that format they are pictures without a capacity, and so are labels, shapes and
 * ids. A colour that is not hexadecimal is left out. Seats must have numbers in digits. The format knows no accessible seats.
 */
import type {
  ParsedPlan,
  PlanCategory,
  PlanRow,
  PlanSeat,
  PlanSection,
} from '../api/catalogue/halls.ts';
import { Faults } from './faults.ts';
import { type Fields, JsonReader } from './json-reader.ts';
import { CATEGORIES_MAX, POSITION_MAX, ROWS_MAX, SEATS_MAX, SECTIONS_MAX } from './limits.ts';

/**
 * @param json the text of the file
 * @returns the plan with the name of the hall, or up to 100 faults at JSON pointers such as `/zones/0/rows/3/seats/1/category`
 */
export function planFromPretix(json: string): ParsedPlan {
  const faults = new Faults();
  const read = new JsonReader(faults);
  const parsed = parse(json);
  if (!parsed) return { errors: [{ place: '', code: 'not-json', values: {} }] };
  const file = read.object(parsed.value, '');
  if (!file) return { errors: faults.list };
  const name = read.text(file, 'name', '', '') ?? '';
  const categories = categoriesOf(file, read);
  const zones = new Zones(read, new Set(categories.map((each) => each.name)));
  for (const [index, zone] of read.list(file, 'zones', '').entries()) {
    zones.add(zone, `/zones/${index}`);
  }
  faults.most('/categories', categories.length, CATEGORIES_MAX);
  const sections = zones.sections();
  if (faults.list.length > 0) return { errors: faults.list };
  return { plan: { categories, sections }, name: name.trim() || null };
}

function parse(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json.replace(/^\ufeff/, '')) };
  } catch {
    return undefined;
  }
}

function categoriesOf(file: Fields, read: JsonReader): PlanCategory[] {
  const places = new Map<string, string>();
  return read.list(file, 'categories', '').flatMap((value, index) => {
    const place = `/categories/${index}`;
    const category = read.object(value, place);
    const text = category && read.text(category, 'name', place);
    const name = text === undefined ? undefined : read.faults.name(`${place}/name`, text);
    if (name === null) read.faults.add(`${place}/name`, 'empty');
    if (!category || !name) return [];
    const first = places.get(name);
    if (first !== undefined)
      read.faults.add(`${place}/name`, 'category-twice', { value: name, first });
    places.set(name, place);
    const colour = colourOf(category.color);
    return [{ name, ...(colour !== undefined && { colour }) }];
  });
}

function colourOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const [, r, g, b] = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(value) ?? [];
  const long = r && g && b ? `#${r}${r}${g}${g}${b}${b}` : value;
  return /^#[0-9a-f]{6}$/i.test(long) ? long.toLowerCase() : undefined;
}

class Zones {
  readonly #read: JsonReader;
  readonly #categories: ReadonlySet<string>;
  readonly #sections = new Map<string | null, { section: PlanSection; place: string }>();
  #rows = 0;
  #seats = 0;

  constructor(read: JsonReader, categories: ReadonlySet<string>) {
    this.#read = read;
    this.#categories = categories;
  }

  add(value: unknown, place: string): void {
    const read = this.#read;
    const zone = read.object(value, place);
    if (!zone) return;
    const name = read.faults.name(`${place}/name`, read.text(zone, 'name', place, '') ?? '');
    const position = read.position(zone, place, POSITION_MAX);
    const seen = new Map<string, string>();
    const rows = read.list(zone, 'rows', place).flatMap((row, index) => {
      return this.#row(row, `${place}/rows/${index}`, seen) ?? [];
    });
    if (name === undefined || rows.length === 0) return;
    const first = this.#sections.get(name)?.place;
    if (first !== undefined) {
      read.faults.add(`${place}/name`, 'section-twice', { value: name ?? '', first });
    }
    this.#sections.set(name, { section: { name, ...position, rows }, place });
  }

  /** A row without seats is left out. @param seen where each seat of the zone stands */
  #row(value: unknown, place: string, seen: Map<string, string>): PlanRow | undefined {
    const read = this.#read;
    const row = read.object(value, place);
    if (!row) return undefined;
    const text = read.text(row, 'row_number', place);
    const name = text === undefined ? undefined : read.faults.name(`${place}/row_number`, text);
    const position = row.position === undefined ? {} : read.position(row, place, POSITION_MAX);
    const seats = read.list(row, 'seats', place).flatMap((seat, index) => {
      return this.#seat(seat, `${place}/seats/${index}`, { row: name ?? null, seen }) ?? [];
    });
    this.#rows += 1;
    this.#seats += seats.length;
    if (name === undefined || seats.length === 0) return undefined;
    return { name, ...position, seats: seats.toSorted((a, b) => a.number - b.number) };
  }

  #seat(
    value: unknown,
    place: string,
    { row, seen }: { row: string | null; seen: Map<string, string> },
  ): PlanSeat | undefined {
    const read = this.#read;
    const { faults } = read;
    const seat = read.object(value, place);
    if (!seat) return undefined;
    const text = read.text(seat, 'seat_number', place);
    const number = text === undefined ? undefined : faults.seatNumber(`${place}/seat_number`, text);
    const position = read.position(seat, place, POSITION_MAX);
    const named = read.text(seat, 'category', place);
    const category = named === undefined ? undefined : faults.name(`${place}/category`, named);
    if (category !== undefined && !this.#categories.has(category ?? '')) {
      faults.add(`${place}/category`, 'unknown-category', { value: named ?? '' });
    }
    if (number === undefined || !position || !category) return undefined;
    const key = JSON.stringify([row, number]);
    const first = seen.get(key);
    if (first !== undefined)
      return faults.add(`${place}/seat_number`, 'seat-twice', { number, first });
    seen.set(key, place);
    return { number, ...position, category };
  }

  sections(): PlanSection[] {
    const { faults } = this.#read;
    faults.most('/zones', this.#seats, SEATS_MAX);
    faults.most('/zones', this.#rows, ROWS_MAX);
    faults.most('/zones', this.#sections.size, SECTIONS_MAX);
    if (faults.list.length === 0 && this.#seats === 0) faults.add('/zones', 'empty');
    return [...this.#sections.values()].map(({ section }) => section);
  }
}
