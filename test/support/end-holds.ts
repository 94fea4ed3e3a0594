/** Moves the ends of holds, without waiting for them. */

type ReadRows = <Row extends object>(text: string) => Promise<Row[]>;

/**
 * Moves the end of the hold of orders, with that of their bookings and of the seats and places that they hold.
 * @param where which orders, as a condition on `app_order`
 * @param ends SQL for the end of the hold, and for that of its grace period; without the latter, the places keep theirs
 */
export async function endHolds(
  rows: ReadRows,
  where: string,
  { holdEnd, seatEnd = 'held_until' }: { holdEnd: string; seatEnd?: string },
): Promise<void> {
  const areaEnd = seatEnd === 'held_until' ? 'area_held_until' : inMs(seatEnd);
  await rows(`
    with moved as (
      update app_order set hold_expires_at = ${inMs(holdEnd)} where ${where} returning id, state
    ), bookings as (
      update booking set hold_expires_at = ${inMs(holdEnd)},
        area_held_until = case when area_held_until is not null then ${areaEnd} end
      from moved where order_id = moved.id
      returning seat_id, is_live and state = 'held' as is_held
    )
    update seat set held_until = ${inMs(seatEnd)} from bookings
    where seat.id = seat_id and is_held and state = 'held'`);
}

/** Processes write times in milliseconds. */
const inMs = (time: string) => `date_trunc('milliseconds', ${time})`;
