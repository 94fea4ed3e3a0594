/** An operator adds points to the balance of any user. */
import type { chargePointsAsOperator } from '../../../src/commands/points/charge-points-as-operator.ts';
import { charge } from '../../../src/domain/points.ts';
import { type HandlerOf, succeeded } from '../handler.ts';

export const handleChargePointsAsOperator: HandlerOf<typeof chargePointsAsOperator> = {
  isOperators: true,
  needs: ({ subject }) => ({ subjects: [subject] }),

  apply({ command: { jobId, input }, rows }) {
    const { subject, amount } = input;
    const userId = rows.userOf(subject);
    const points = rows.pointsOf(userId);
    rows.operatorLog.noteBefore({ subject, balance: points.balance });
    const { balance } = charge(points.balance, amount);
    rows.points.change(points, { balance });
    rows.history.push({ userId, kind: 'charge', amount, balance, jobId });
    return succeeded({ balance });
  },
};
