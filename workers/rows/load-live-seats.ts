/** Reads what the limit of seats a user is judged by: live bookings, and the holds among them that have run out. */
import { sql } from 'kysely';
import type { Send } from '../../src/db/connection/pipeline.ts';
import type { Rows } from './rows.ts';

const schedulesOf = (seatIds: number[]) =>
  sql`array(select distinct schedule_id from seat where id = any(${seatIds}::bigint[]))`;

/** An array of seat ids: of the limited users' holds that have run out, in the schedules of the seats to be booked. */
export const seatsOfRunOutHolds = (seatIds: number[], limited: number[]) => sql`array(
      select seat_id from booking
      where user_id = any(${limited}::bigint[]) and schedule_id = any(${schedulesOf(seatIds)})
        and state = 'held' and hold_expires_at <= now())`;

/** Counts without the clock: a hold that has run out can still be paid, so it is live until it is ended. */
export async function loadLiveSeats(
  send: Send,
  rows: Rows,
  { seatIds, limited }: { seatIds: number[]; limited: number[] },
): Promise<void> {
  if (limited.length === 0) return;
  const found = await send(sql<{
    user_id: string;
    schedule_id: string;
    live: number;
    run_out: [bookingId: number, seatId: number][] | null;
  }>`
    select user_id, schedule_id, count(*)::int as live,
      json_agg(json_build_array(id, seat_id)) filter (
        where state = 'held' and hold_expires_at <= now()) as run_out
    from booking
    where user_id = any(${limited}::bigint[]) and schedule_id = any(${schedulesOf(seatIds)})
      and state in ('held', 'paid')
    group by user_id, schedule_id`);
  for (const { user_id, schedule_id, live, run_out } of found) {
    const oldestFirst = (run_out ?? []).toSorted(([a], [b]) => a - b);
    const seatsOfHolds = oldestFirst.map(([, seatId]) => seatId);
    rows.liveSeats.load(Number(user_id), Number(schedule_id), live, seatsOfHolds);
  }
}
