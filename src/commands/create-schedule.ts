/** Operators put a performance of a concert on sale, with its seats in ranges. */
import { z } from 'zod';
import { byUser, defineCommand } from './command.ts';
import { id, points } from './resources.ts';

/** The largest hall: beyond it one command would hold its lane for more than a second. */
export const SEATS_MAX = 50_000;
export const RANGES_MAX = 2000;

const place = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .nullish()
  .transform((name) => name ?? null);
const seatNumber = z.int().min(1).max(1_000_000);
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

export const seatRange = z
  .strictObject({ section: place, row: place, from: seatNumber, to: seatNumber, price: points })
  .refine((range) => range.from <= range.to, { path: ['to'], error: 'must not be below `from`' });

export type SeatRange = z.infer<typeof seatRange>;

export const createSchedule = defineCommand({
  name: 'create-schedule',
  input: z
    .strictObject({
      concertId: id,
      bookingStartAt: time,
      bookingEndAt: time,
      startAt: time,
      endAt: time,
      seats: z.array(seatRange).min(1).max(RANGES_MAX),
    })
    .refine((s) => s.bookingStartAt < s.bookingEndAt, {
      path: ['bookingEndAt'],
      error: 'must be after `bookingStartAt`',
    })
    .refine((s) => s.startAt < s.endAt, { path: ['endAt'], error: 'must be after `startAt`' })
    .refine((s) => seatCount(s.seats) <= SEATS_MAX, {
      path: ['seats'],
      error: `must not be more than ${SEATS_MAX} seats in all`,
    })
    .refine((s) => !hasSeatTwice(s.seats), {
      path: ['seats'],
      error: 'must not name a seat (section, row, number) twice',
    }),
  laneKey: byUser,
});

export type CreateSchedule = z.infer<typeof createSchedule.input>;

/** How many seats the ranges have together. */
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
