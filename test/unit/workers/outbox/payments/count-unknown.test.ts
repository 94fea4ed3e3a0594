/** Payments that fit no checkout are counted. */
import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { COMMAND_FAILED, type Outcome } from '../../../../../src/commands/command.ts';
import { countUnknown } from '../../../../../workers/outbox/payments/count-unknown.ts';

const done = (name: string, outcome: Outcome) => ({
  jobId: 'user-0_1',
  name,
  subject: 'ada',
  acceptedAt: 1,
  finishedAt: 2,
  outcome,
});

test('only a payment that fits no checkout counts', () => {
  const unknownPayment = vi.fn();
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const told = {
    checkoutId: 7,
    key: 'checkout-7-x',
    provider: 'sandbox',
    ref: 'chk_2',
    amount: 300,
  };
  const succeeded = (result: object): Outcome => ({ state: 'succeeded', result });
  countUnknown(
    [
      done('settle-checkout', succeeded({ checkout: null, order: null, outcome: 'paid', told })),
      done('settle-checkout', succeeded({ checkout: null, order: null, outcome: 'failed' })),
      done('settle-checkout', succeeded({ checkout: null, order: null, outcome: 'expired' })),
      done('settle-checkout', succeeded({ checkout: { id: 7 }, order: null })),
      done('settle-checkout', COMMAND_FAILED),
      done('refund-ended', succeeded({})),
    ],
    { metrics: { unknownPayment }, log },
  );
  expect(unknownPayment).toHaveBeenCalledTimes(1);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ jobId: 'user-0_1', ...told });
});
