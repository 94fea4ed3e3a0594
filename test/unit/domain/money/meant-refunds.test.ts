/** Which refund an answer of a provider means. */
import { expect, test } from 'vitest';
import { refuseOtherRefund } from '../../../../src/domain/money/meant-refunds.ts';

const answered = { checkoutId: 2, userId: 1, key: 'refund 5 1' };

test('an answer means the refund of its checkout, its user and its key', () => {
  expect(refuseOtherRefund(5, answered, { ...answered })).toBeUndefined();
});

test.each([
  ['that does not exist', undefined],
  ['of another checkout', { ...answered, checkoutId: 3 }],
  ['of another user', { ...answered, userId: 9 }],
  ['that has another key', { ...answered, key: 'refund 5 other' }],
])('a refund %s is not meant', (_what, found) => {
  expect(refuseOtherRefund(5, answered, found)?.refusal).toEqual({
    code: 'REFUND_NOT_FOUND',
    detail: 'There is no refund 5 of checkout 2.',
  });
});
