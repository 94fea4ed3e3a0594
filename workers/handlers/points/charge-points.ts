/** Adds points to the user's balance. */
import type { chargePoints } from '../../../src/commands/points/charge-points.ts';
import { charge } from '../../../src/domain/points.ts';
import { type HandlerOf, succeeded } from '../handler.ts';
import { movePoints } from './move-points.ts';

export const handleChargePoints: HandlerOf<typeof chargePoints> = {
  needs: () => ({ points: true }),

  apply(applying) {
    const { userId, input } = applying.command;
    const moved = charge(applying.rows.pointsOf(userId).balance, input.amount);
    movePoints(applying, userId, 'charge', moved);
    return succeeded({ balance: moved.balance });
  },
};
