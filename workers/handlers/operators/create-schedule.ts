/** Adds a schedule of a concert with its seats and areas. */
import { type CreateSchedule, seatCount } from '../../../src/commands/operators/create-schedule.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { type Handler, rejected, succeeded } from '../handler.ts';

export const handleCreateSchedule: Handler<CreateSchedule> = {
  isOperators: true,
  takesLong: true,

  needs: ({ concertId }) => ({ concertIds: [concertId], newIds: { schedule: 1 } }),

  apply({ command: { input }, rows }) {
    const { concertId, seats: ranges = [], areas = [], ...times } = input;
    if (!rows.concerts.get(concertId)) {
      const { refusal } = refuse('CONCERT_NOT_FOUND', `There is no concert ${concertId}.`);
      return rejected(refusal);
    }
    const id = rows.newIds.schedule.take();
    const schedule = { id, concertId, ...times, seatCount: seatCount(input) };
    rows.schedules.add({
      ...schedule,
      bookingStartAt: new Date(times.bookingStartAt),
      bookingEndAt: new Date(times.bookingEndAt),
      startAt: new Date(times.startAt),
      endAt: new Date(times.endAt),
      ranges,
      areas,
    });
    return succeeded({ ...schedule, state: 'scheduled' });
  },
};
