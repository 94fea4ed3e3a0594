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
  const areaEnd = seatEnd === 'held_until' ? 'area_held_until' : seatEnd;
  await rows(`
    with moved as (
      update app_order set hold_expires_at = ${holdEnd} where ${where} returning id
    ), bookings as (
      update booking set hold_expires_at = ${holdEnd},
        area_held_until = case when area_id is not null then ${areaEnd} end
      from moved where order_id = moved.id
      returning seat_id, state
    )
    update seat set held_until = ${seatEnd} from bookings
    where seat.id = seat_id and bookings.state = 'held' and seat.state = 'held'`);
}
