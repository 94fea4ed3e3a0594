/** An operator adds points to the balance of any user. */
import type { chargePointsAsOperator } from '../../../src/commands/points/charge-points-as-operator.ts';
import { charge } from '../../../src/domain/points.ts';
import { type HandlerOf, succeeded } from '../handler.ts';
import { movePoints } from './move-points.ts';

export const handleChargePointsAsOperator: HandlerOf<typeof chargePointsAsOperator> = {
  isOperators: true,
  needs: ({ subject }) => ({ pointsOfSubject: subject }),

  apply(applying) {
    const { command, rows } = applying;
    const { subject, amount } = command.input;
    const userId = rows.userOf(subject);
    const { balance } = rows.pointsOf(userId);
    rows.operatorLog.noteBefore({ subject, balance });
    const moved = charge(balance, amount);
    movePoints(applying, userId, 'charge', moved);
    return succeeded({ balance: moved.balance });
  },
};
