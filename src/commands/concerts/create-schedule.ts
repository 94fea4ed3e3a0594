/** Puts a performance of a concert on sale, with seats given as ranges and areas, or with those of a hall. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { hallReference } from '../schemas/hall-resources.ts';
import { givenTime, id, points, schedule } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';
import { notTwice } from '../schemas/values.ts';

export const AREAS_MAX = 100;
export const CAPACITY_MAX = 1_000_000;

/** The most seats of one schedule: with more, one command would block its lane for over a second. */
export const SEATS_MAX = 50_000;
/** A hall of that many seats can have rows of ten and more. */
export const RANGES_MAX = 5000;

const optionalName = line(60)
  .nullish()
  .transform((name) => name ?? null);
const seatNumber = z.int().min(1).max(1_000_000);

export const seatRange = z
  .strictObject({
    section: optionalName,
    row: optionalName,
    from: seatNumber,
    to: seatNumber,
    price: points,
  })
  .refine((range) => range.from <= range.to, { path: ['to'], error: 'must not be below `from`' });

export type SeatRange = z.infer<typeof seatRange>;

export const newArea = z.strictObject({
  name: line(60),
  capacity: z.int().min(1).max(CAPACITY_MAX),
  price: points,
});

export type NewArea = z.infer<typeof newArea>;

const hallOfSchedule = z
  .strictObject({
    ...hallReference.shape,
    prices: z.record(line(60), points).meta({
      description: 'A price in points for each category of the plan, by its name.',
    }),
  })
  .meta({ description: 'The seats and areas of a hall, instead of `seats` and `areas`.' });

/** The type in the OpenAPI document, which would otherwise not see through the transform. */
const time = givenTime.meta({ type: 'string', format: 'date-time' });

const fields = {
  bookingStartAt: time,
  bookingEndAt: time,
  startAt: time,
  endAt: time,
  seats: z.array(seatRange).max(RANGES_MAX).optional(),
  areas: z
    .array(newArea)
    .max(AREAS_MAX)
    .refine(...notTwice<NewArea>('an area', ({ name }) => name))
    .optional()
    .meta({ description: 'Standing room and free seating, beside or instead of `seats`.' }),
  hall: hallOfSchedule.optional(),
  accessibleUntil: givenTime.nullish().meta({
    type: ['string', 'null'],
    format: 'date-time',
    description:
      'Until when accessible and companion seats of the hall are kept for orders that ask for them; default: until the end of the sale.',
  }),
};

/** The body of the request; the path names the concert. */
export const scheduleBody = z.strictObject(fields).superRefine(checkSchedule);

export const createSchedule = defineCommand({
  name: 'create-schedule',
  input: z.strictObject({ concertId: id, ...fields }).superRefine(checkSchedule),
  result: schedule,
  laneKey: byUser,
});

export type CreateSchedule = z.infer<typeof createSchedule.input>;

function checkSchedule(
  schedule: z.infer<z.ZodObject<typeof fields>>,
  context: z.RefinementCtx,
): void {
  const refuse = (field: keyof typeof fields, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  // Comparisons with an invalid time (NaN) are false; the schema of the field refuses it.
  if (Date.parse(schedule.bookingStartAt) >= Date.parse(schedule.bookingEndAt)) {
    refuse('bookingEndAt', 'must be after `bookingStartAt`');
  }
  if (Date.parse(schedule.bookingEndAt) > Date.parse(schedule.startAt)) {
    refuse('bookingEndAt', 'must not be after `startAt`');
  }
  if (Date.parse(schedule.startAt) >= Date.parse(schedule.endAt)) {
    refuse('endAt', 'must be after `startAt`');
  }
  const { seats = [], areas = [], hall, accessibleUntil } = schedule;
  const hasPlaces = seats.length + areas.length > 0;
  if (!hasPlaces && !hall) {
    refuse('seats', 'must be given, or `areas`, or `hall`');
  }
  if (hall && hasPlaces) {
    refuse('hall', 'must not come with `seats` or `areas`');
  }
  if (accessibleUntil && !hall) refuse('accessibleUntil', 'must come with `hall`');
  if (accessibleUntil && Date.parse(accessibleUntil) > Date.parse(schedule.bookingEndAt)) {
    refuse('accessibleUntil', 'must not be after `bookingEndAt`');
  }
  if (rangeSize(seats) > SEATS_MAX) {
    refuse('seats', `must not have more than ${SEATS_MAX} seats in total`);
  }
  if (hasSeatTwice(seats)) {
    refuse('seats', 'must not name a seat (section, row, number) twice');
  }
}

/** The total number of seats of the ranges. */
function rangeSize(ranges: readonly SeatRange[]): number {
  return ranges.reduce((sum, range) => sum + Math.max(0, range.to - range.from + 1), 0);
}

function hasSeatTwice(ranges: readonly SeatRange[]): boolean {
  const rows = Map.groupBy(ranges, (range) => JSON.stringify([range.section, range.row]));
  return [...rows.values()].some((row) => {
    const sorted = row.toSorted((a, b) => a.from - b.from);
    return sorted.some((range, i) => i > 0 && range.from <= (sorted[i - 1] as SeatRange).to);
  });
}
