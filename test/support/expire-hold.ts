/** Makes a hold expire at once. */

/**
 * Moves the end of an order's hold, which is also that of its bookings, into the past.
 * @param isGraceOver moves the end of the grace period too, so that others can book the seats
 */
export async function expireHold(
  rows: (text: string) => Promise<object[]>,
  orderId: number,
  { isGraceOver, secondsAgo = 1 }: { isGraceOver: boolean; secondsAgo?: number },
): Promise<void> {
  const ended = `now() - interval '${secondsAgo} s'`;
  await rows(`with moved as (update booking set hold_expires_at = ${ended} where order_id = ${orderId})
    update app_order set hold_expires_at = ${ended} where id = ${orderId}`);
  if (!isGraceOver) return;
  await rows(`update seat set held_until = ${ended}
    where id in (select seat_id from booking where order_id = ${orderId})`);
}
