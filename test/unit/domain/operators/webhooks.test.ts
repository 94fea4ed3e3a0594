/** Which webhooks can be removed. */
import { expect, test } from 'vitest';
import { decideRemoval } from '../../../../src/domain/operators/webhooks.ts';
import { minutesFromNow, NOW } from '../../../support/builders.ts';
import { provePrecedence } from '../rules.ts';

const worst: Parameters<typeof decideRemoval>[0] = { webhookId: 4, webhook: undefined, now: NOW };
const removed = { removedAt: minutesFromNow(-1) };

provePrecedence(decideRemoval, { input: worst, reason: 'WEBHOOK_NOT_FOUND' }, [
  { fixed: 'the missing row', by: { webhook: removed }, reason: 'WEBHOOK_NOT_FOUND' },
  { fixed: 'the earlier removal', by: { webhook: { removedAt: null } }, reason: undefined },
]);

test('a removal notes the time of the batch', () => {
  expect(decideRemoval({ ...worst, webhook: { removedAt: null } }).change).toEqual({
    removedAt: NOW,
  });
});
