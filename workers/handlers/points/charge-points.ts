/** Adds points to the user's balance. */
import type { chargePoints } from '../../../src/commands/points/charge-points.ts';
import { charge } from '../../../src/domain/points.ts';
import { type HandlerOf, succeeded } from '../handler.ts';

export const handleChargePoints: HandlerOf<typeof chargePoints> = {
  needs: () => ({ points: true }),

  apply({ command: { userId, jobId, input }, rows }) {
    const points = rows.pointsOf(userId);
    const { balance } = charge(points.balance, input.amount);
    rows.points.change(points, { balance });
    rows.history.push({ userId, kind: 'charge', amount: input.amount, balance, jobId });
    return succeeded({ balance });
  },
};
