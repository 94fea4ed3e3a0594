/** By when the holds that a batch has loaded must have run out, so that its commands get their places. */
import type { EpochMs } from '../../../src/commands/epoch-ms.ts';
import { holdsOverBy, isOverForOthers } from '../../../src/domain/holds.ts';
import type { Rows } from '../../rows/rows.ts';
import type { Needs } from '../needs.ts';

/**
 * @param now the batch's time
 * @param oldestPaymentAt when the oldest command that may be a payment and has no outcome was added to its lane, in ms since 1970. It is asked
 *   while rows are locked, so only if a command wants places and a loaded hold has run out
 */
export async function holdsOverByIn(
  { rows, now, needing }: { rows: Rows; now: Date; needing: readonly { needs: Needs }[] },
  oldestPaymentAt: () => Promise<EpochMs | undefined>,
): Promise<Date> {
  const wantsPlaces = needing.some(({ needs: { places, seatIds } }) => places || seatIds);
  if (!wantsPlaces || !isAnyRunOut(rows, now)) return now;
  const oldestAt = await oldestPaymentAt();
  return holdsOverBy(now, oldestAt === undefined ? undefined : new Date(oldestAt));
}

function isAnyRunOut({ seats, bookings }: Rows, now: Date): boolean {
  for (const seat of seats.values()) if (isOverForOthers(seat, now)) return true;
  for (const { endedAs, areaHeldUntil: heldUntil } of bookings.values()) {
    if (endedAs === null && isOverForOthers({ heldUntil }, now)) return true;
  }
  return false;
}
