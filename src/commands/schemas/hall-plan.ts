/** The JSON shape of a hall's plan, in requests and responses. Its schema refuses what no hall can have. */
import { z } from 'zod';
import { AREAS_MAX, CAPACITY_MAX } from '../concerts/create-schedule.ts';
import { colour, HALL_SEATS_MAX, hallVersionNumber } from './hall-resources.ts';
import { SEAT_KINDS } from './place-resources.ts';
import { line } from './text.ts';
import { id, notTwice, time } from './values.ts';

export const CATEGORIES_MAX = 100;
export const SECTIONS_MAX = 1000;
export const ROWS_MAX = 10_000;
/** Neighbours share a range: a row, or a part of it of one category. Their index in a schedule is a `smallint`. */
export const HALL_RANGES_MAX = 20_000;
export const POSITION_MAX = 100_000;
const POINTS_MAX = 100;

const name = line(60);
const position = z.int().min(-POSITION_MAX).max(POSITION_MAX);
const place = { x: position.optional(), y: position.optional() };

const planCategory = z.strictObject({ name, colour: colour.optional() });

const planSeat = z.strictObject({
  number: z.int().min(1).max(1_000_000),
  ...place,
  category: name,
  kind: z.enum(SEAT_KINDS).optional(),
});

const planRow = z.strictObject({
  name: name.nullable(),
  ...place,
  seats: z.array(planSeat).min(1).max(HALL_SEATS_MAX),
});

const planSection = z.strictObject({
  name: name.nullable(),
  ...place,
  rows: z.array(planRow).min(1).max(ROWS_MAX),
});

const planArea = z.strictObject({
  name,
  capacity: z.int().min(1).max(CAPACITY_MAX),
  category: name,
  polygon: z
    .array(z.tuple([position, position]))
    .min(3)
    .max(POINTS_MAX)
    .optional(),
});

const fields = z.strictObject({
  categories: z
    .array(planCategory)
    .min(1)
    .max(CATEGORIES_MAX)
    .refine(...notTwice<{ name: string }>('a category', ({ name }) => name)),
  sections: z
    .array(planSection)
    .max(SECTIONS_MAX)
    .refine(...notTwice<{ name: string | null }>('a section', ({ name }) => name)),
  areas: z
    .array(planArea)
    .max(AREAS_MAX)
    .refine(...notTwice<{ name: string }>('an area', ({ name }) => name))
    .optional(),
});

export const plan = fields
  .superRefine(checkPlan)
  .meta({ id: 'Plan', description: 'What a hall looks like: at most 50,000 seats.' });

export type Plan = z.infer<typeof fields>;
export type PlanRow = z.infer<typeof planRow>;
export type PlanSeat = z.infer<typeof planSeat>;

/** The sums over the whole plan, and what its parts must agree on. */
function checkPlan(given: Plan, context: z.RefinementCtx): void {
  const refuse = (path: readonly (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const { sections, areas = [] } = given;
  const rows = sections.flatMap((section) => section.rows);
  const most = (sum: number, max: number, what: string) => {
    if (sum > max) refuse(['sections'], `must not have more than ${max} ${what} in total`);
  };
  const seats = rows.reduce((sum, row) => sum + row.seats.length, 0);
  most(seats, HALL_SEATS_MAX, 'seats');
  most(rows.length, ROWS_MAX, 'rows');
  const ranges = rows.reduce((sum, row) => sum + rangesOf(row), 0);
  most(ranges, HALL_RANGES_MAX, 'rows and changes of category within rows');
  if (seats === 0 && areas.length === 0) refuse(['sections'], 'must have a seat or an area');
  const fault = firstFault(given);
  if (fault) refuse(fault.path, fault.message);
}

/** In how many ranges the seats of a row are: a change of category begins a new one. */
function rangesOf({ seats }: PlanRow): number {
  const inOrder = seats.toSorted((a, b) => a.number - b.number);
  return inOrder.filter(({ category }, i) => category !== inOrder[i - 1]?.category).length;
}

/** The first seat or area that has no category of the plan, or the first seat that was named before. */
function firstFault({ categories, sections, areas = [] }: Plan) {
  const known = new Set(categories.map(({ name }) => name));
  const message = 'must be a category of the plan';
  for (const [s, { rows }] of sections.entries()) {
    const seen = new Set<string>();
    for (const [r, row] of rows.entries()) {
      for (const [i, { number, category }] of row.seats.entries()) {
        const path = ['sections', s, 'rows', r, 'seats', i];
        if (!known.has(category)) return { path: [...path, 'category'], message };
        const key = JSON.stringify([row.name, number]);
        if (seen.has(key))
          return { path: [...path, 'number'], message: 'must not name a seat twice' };
        seen.add(key);
      }
    }
  }
  const stray = areas.findIndex(({ category }) => !known.has(category));
  return stray < 0 ? undefined : { path: ['areas', stray, 'category'], message };
}

export const hallVersion = z
  .object({
    hallId: id,
    version: hallVersionNumber,
    plan,
    seatCount: z.int().min(0).max(HALL_SEATS_MAX),
    createdAt: time,
  })
  .meta({ id: 'HallVersion' });

export type HallVersionResource = z.infer<typeof hallVersion>;
