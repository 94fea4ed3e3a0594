/** What is typed into the editor of a hall, and the plan that it becomes. */
import type {
  ParsedPlan,
  Plan,
  PlanFault,
  PlanRow,
  PlanSeat,
  SeatKind,
} from '../../../client/api/catalogue/halls.ts';
import { planFromCsv } from '../../../client/halls/index.ts';

/** Seats of one row that are alike, as they are typed. */
export interface SeatDraft {
  section: string;
  row: string;
  from: string;
  to: string;
  category: string;
  /** A `SeatKind`, or '' for other seats. */
  kind: string;
  /** Which of the blocks of its row it is in, from 0. Blocks are parted by an aisle. */
  block?: number;
}

/** A standing area as it is typed. */
export interface AreaDraft {
  name: string;
  capacity: string;
  category: string;
}

const HEADER = 'section,row,from,to,category,kind';
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** The lines as a CSV file, so that they are checked as one is. The first line is line 2 of the file. */
function toCsv(lines: readonly SeatDraft[]): string {
  const rows = lines.map(({ section, row, from, to, category, kind }) =>
    [section, row, from, to, category, kind].map(quoted).join(','),
  );
  return [HEADER, ...rows].join('\n');
}

/**
 * @param lines the seats; none for a hall with nothing but areas
 * @returns the plan, or faults at places such as `line 1, column from`, where the first line is line 1
 */
export function planOfLines(lines: readonly SeatDraft[]): ParsedPlan {
  if (lines.length === 0) return { plan: { categories: [], sections: [] }, name: null };
  const parsed = planFromCsv(toCsv(lines));
  if (!parsed.errors) return { ...parsed, plan: inBlocks(parsed.plan, lines) };
  return { errors: parsed.errors.map(withoutHeader) };
}

const lineBefore = (text: string) =>
  text.replace(/^line (\d+)/, (_, line) => `line ${Number(line) - 1}`);

function withoutHeader({ place, code, values }: PlanFault): PlanFault {
  const first = typeof values.first === 'string' && { first: lineBefore(values.first) };
  return { place: lineBefore(place), code, values: { ...values, ...first } };
}

/** The parser has made one row of all blocks of a row. */
function inBlocks(plan: Plan, lines: readonly SeatDraft[]): Plan {
  const blockOf = new Map<string, number>();
  for (const { section, row, from, to, block = 0 } of lines) {
    for (let number = Number(from); block > 0 && number <= Number(to || from); number += 1) {
      blockOf.set(keyOf(section, row, number), block);
    }
  }
  if (blockOf.size === 0) return plan;
  const split = (section: string | null, { name, seats }: PlanRow): PlanRow[] => {
    const blocks = Map.groupBy(
      seats,
      ({ number }) => blockOf.get(keyOf(section, name, number)) ?? 0,
    );
    return [...blocks].toSorted(([a], [b]) => a - b).map(([, own]) => ({ name, seats: own }));
  };
  const sections = plan.sections.map(({ name, rows }) => ({
    name,
    rows: rows.flatMap((row) => split(name, row)),
  }));
  return { ...plan, sections };
}

function keyOf(section: string | null, row: string | null, number: number): string {
  return JSON.stringify([nameOf(section), nameOf(row), number]);
}

const nameOf = (text: string | null) => (text ?? '').normalize('NFC').replace(/\s+/gu, ' ').trim();

/** Adds areas, and the categories that only they have. */
export function withAreas(plan: Plan, areas: readonly AreaDraft[]): Plan {
  if (areas.length === 0) return plan;
  const made = areas.map(({ name, capacity, category }) => ({
    name: nameOf(name),
    capacity: Number(capacity),
    category: nameOf(category),
  }));
  const names = new Set([...plan.categories, ...made.map(toCategory)].map(({ name }) => name));
  const known = new Map(plan.categories.map((each) => [each.name, each]));
  const categories = [...names].map((name) => known.get(name) ?? { name });
  return { ...plan, categories, areas: made };
}

const toCategory = ({ category }: { category: string }) => ({ name: category });

/** A fault of a file, or of what was typed. */
export type Fault = Omit<PlanFault, 'code'> & { code: PlanFault['code'] | 'area-twice' };

/** The faults of areas, at places such as `area 2`: a name that another area has. The fields check the rest. */
export function faultsOfAreas(areas: readonly AreaDraft[]): Fault[] {
  const names = areas.map(({ name }) => nameOf(name));
  return names.flatMap((name, index): Fault[] => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const values = { value: name, first: `area ${first + 1}` };
    return [{ place: `area ${index + 1}`, code: 'area-twice', values }];
  });
}

/** The inverse of `planOfLines`: one line for each run of seats that are alike. */
export function linesOf({ sections }: Plan): SeatDraft[] {
  return sections.flatMap(({ name, rows }) => {
    const blocks = new Map<string | null, number>();
    return rows.flatMap((row) => {
      const block = blocks.get(row.name) ?? 0;
      blocks.set(row.name, block + 1);
      const shared = { section: name ?? '', row: row.name ?? '', block };
      return runsOf(row.seats).map((run) => ({ ...run, ...shared }));
    });
  });
}

type Run = Pick<SeatDraft, 'from' | 'to' | 'category' | 'kind'>;

function runsOf(seats: readonly PlanSeat[]): Run[] {
  const runs: Run[] = [];
  for (const { number, category, kind = '' } of seats) {
    const last = runs.at(-1);
    const isNext = last && Number(last.to) + 1 === number;
    if (isNext && last.category === category && last.kind === kind) last.to = String(number);
    else runs.push({ from: String(number), to: String(number), category, kind });
  }
  return runs;
}

export function areaDraftsOf({ areas = [] }: Plan): AreaDraft[] {
  return areas.map(({ name, capacity, category }) => ({
    name,
    capacity: String(capacity),
    category,
  }));
}

export const KINDS: readonly SeatKind[] = ['accessible', 'companion'];
