/** The rules for closing sales and opening them again. */
import { expect, test } from 'vitest';
import { changeClosing, decideScheduleClosing } from '../../../../src/domain/concerts/closing.ts';
import { minutesFromNow, NOW } from '../../../support/builders.ts';
import { provePrecedence } from '../rules.ts';

const worst: Parameters<typeof decideScheduleClosing>[0] = {
  scheduleId: 3,
  schedule: { cancelledAt: NOW, closedAt: null },
  reason: 'A fault',
  now: NOW,
};
const open = { cancelledAt: null, closedAt: null };

provePrecedence(decideScheduleClosing, { input: worst, reason: 'SCHEDULE_CANCELLED' }, [
  { fixed: 'the cancellation', by: { schedule: undefined }, reason: 'SCHEDULE_NOT_FOUND' },
  { fixed: 'the missing schedule', by: { schedule: open }, reason: undefined },
]);

test('a sale is closed at the time of the batch, for the reason of the operators', () => {
  const { change } = decideScheduleClosing({ ...worst, schedule: open });
  expect(change).toEqual({ closedAt: NOW, closeReason: 'A fault' });
});

test('closing a closed sale changes only the reason', () => {
  const closed = { closedAt: NOW };
  expect(changeClosing(closed, 'Another', minutesFromNow(1))).toEqual({
    closedAt: NOW,
    closeReason: 'Another',
  });
});

test.each([[NOW], [null]])('a sale that was closed at %s is open afterwards', (closedAt) => {
  expect(changeClosing({ closedAt }, null, NOW)).toEqual({ closedAt: null, closeReason: null });
});
