/** Puts a performance of a concert on sale, with its seats given as ranges. For operators. */
import { z } from 'zod';
import { byUser, defineCommand } from '../command.ts';
import { givenTime, id, points } from '../schemas/resources.ts';
import { line } from '../schemas/text.ts';

/** The most seats of one schedule: with more, one command would block its lane for over a second. */
export const SEATS_MAX = 50_000;
export const RANGES_MAX = 2000;

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

/** The type in the OpenAPI document, which would otherwise not see through the transform. */
const time = givenTime.meta({ type: 'string', format: 'date-time' });

const fields = {
  bookingStartAt: time,
  bookingEndAt: time,
  startAt: time,
  endAt: time,
  seats: z.array(seatRange).min(1).max(RANGES_MAX),
};

/** The body of the request; the path names the concert. */
export const scheduleBody = z.strictObject(fields).superRefine(checkSchedule);

export const createSchedule = defineCommand({
  name: 'create-schedule',
  input: z.strictObject({ concertId: id, ...fields }).superRefine(checkSchedule),
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
  if (seatCount(schedule.seats) > SEATS_MAX) {
    refuse('seats', `must not have more than ${SEATS_MAX} seats in total`);
  }
  if (hasSeatTwice(schedule.seats)) {
    refuse('seats', 'must not name a seat (section, row, number) twice');
  }
}

/** The total number of seats of the ranges. */
export function seatCount(ranges: readonly SeatRange[]): number {
  return ranges.reduce((sum, range) => sum + Math.max(0, range.to - range.from + 1), 0);
}

function hasSeatTwice(ranges: readonly SeatRange[]): boolean {
  const rows = Map.groupBy(ranges, (range) => JSON.stringify([range.section, range.row]));
  return [...rows.values()].some((row) => {
    const sorted = row.toSorted((a, b) => a.from - b.from);
    return sorted.some((range, i) => i > 0 && range.from <= (sorted[i - 1] as SeatRange).to);
  });
}
