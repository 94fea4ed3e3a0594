/** Deducts points from the user's balance. */
import type { usePoints } from '../../../src/commands/points/use-points.ts';
import { decideUse } from '../../../src/domain/points.ts';
import { type HandlerOf, rejected, succeeded } from '../handler.ts';
import { movePoints } from './move-points.ts';

export const handleUsePoints: HandlerOf<typeof usePoints> = {
  needs: () => ({ points: true }),

  apply(applying) {
    const { userId, input } = applying.command;
    const decision = decideUse(applying.rows.pointsOf(userId).balance, input.amount);
    if (decision.refusal) return rejected(decision.refusal);
    movePoints(applying, userId, 'use', decision.change);
    return succeeded({ balance: decision.change.balance });
  },
};
