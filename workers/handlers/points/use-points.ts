/** Deducts points from the user's balance. */
import type { usePoints } from '../../../src/commands/points/use-points.ts';
import { decideUse } from '../../../src/domain/points.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';

export const handleUsePoints: HandlerOf<typeof usePoints> = {
  needs: () => ({ points: true }),

  apply({ command: { userId, jobId, input }, rows }) {
    const points = rows.pointsOf(userId);
    const decision = decideUse(points.balance, input.amount);
    if (decision.refusal) return rejected(decision.refusal);
    const { balance } = decision.change;
    rows.points.change(points, { balance });
    rows.history.push({ userId, kind: 'use', amount: input.amount, balance, jobId });
    return succeeded({ balance });
  },
};
