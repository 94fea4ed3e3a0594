/** Blocks free seats for operators, or releases blocked seats: all or none. */
import { strict as assert } from 'node:assert';
import type { Succeeded } from '../../../src/commands/command.ts';
import type { BlockedSeats, blockSeats } from '../../../src/commands/operators/block-seats.ts';
import type { releaseSeats } from '../../../src/commands/operators/release-seats.ts';
import { decideBlocking } from '../../../src/domain/holds.ts';
import { noSuchSeat } from '../../../src/domain/not-found.ts';
import { type Applying, type HandlerOf, rejected, succeeded } from '../handler.ts';
import { expiredOrdersOn, expireOrder } from '../orders/expire-order.ts';

export const handleBlockSeats: HandlerOf<typeof blockSeats> = {
  isOperators: true,
  needs: ({ seatIds }) => ({ seatIds }),

  apply(applying) {
    const { rows, now, overBy, command } = applying;
    const { seatIds, reason } = command.input;
    const expired: number[] = [];
    for (const seatId of seatIds) {
      const decision = decideBlocking({ seatId, seat: rows.seats.get(seatId), overBy });
      if (decision.refusal) return rejected(decision.refusal);
      if (decision.change.endsExpiredHold) expired.push(seatId);
    }
    for (const order of expiredOrdersOn(rows, expired)) expireOrder(rows, order, now);
    return setReason(applying, seatIds, reason);
  },
};

export const handleReleaseSeats: HandlerOf<typeof releaseSeats> = {
  isOperators: true,
  needs: ({ seatIds }) => ({ seatIds }),

  apply(applying) {
    const { seatIds } = applying.command.input;
    for (const seatId of seatIds) {
      if (!applying.rows.seats.get(seatId)) return rejected(noSuchSeat(seatId));
    }
    return setReason(applying, seatIds, null);
  },
};

function setReason(
  { rows }: Applying,
  seatIds: number[],
  blockedReason: string | null,
): Succeeded<BlockedSeats> {
  const seats = seatIds.map((seatId) => {
    const seat = rows.seats.get(seatId);
    assert(seat, `Seat ${seatId} was accepted for blocking or release, but is not loaded.`);
    return seat;
  });
  const blockedReasons = seats.map((seat) => seat.blockedReason);
  rows.operatorLog.noteBefore({ seatIds, blockedReasons });
  for (const seat of seats) {
    if (blockedReason === null) rows.seats.change(seat, { blockedReason });
    else rows.seats.change(seat, { state: 'available', heldUntil: null, blockedReason });
  }
  return succeeded({ seatIds, blockedReason });
}
