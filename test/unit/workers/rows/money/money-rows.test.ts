/** The checkouts, refunds and calls of a batch in memory. */
import { describe, expect, test } from 'vitest';
import {
  type CheckoutRow,
  CheckoutTable,
  MoneyRows,
} from '../../../../../workers/rows/money/money-rows.ts';
import { aCheckout, minutesFromNow, NOW } from '../../../../support/builders.ts';

const JOB = 'user-0_aaaaaaaaaaaaaaaaaaaaaa';

function aCheckoutRow(change: Partial<CheckoutRow> = {}): CheckoutRow {
  return {
    ...aCheckout(),
    userId: 1,
    provider: 'sandbox',
    currency: 'KRW',
    returnUrl: 'http://localhost:3000/',
    failure: null,
    lookAt: minutesFromNow(1),
    looks: 0,
    refunding: 0,
    refunded: 0,
    paidAt: null,
    settledJobId: null,
    settledAt: null,
    createdAt: NOW,
    jobId: JOB,
    ...change,
  };
}

describe('checkouts', () => {
  test('of an order are found, those of the batch included, once they are loaded for it', () => {
    const table = new CheckoutTable();
    table.noteOrders([5], []);
    const loaded = aCheckoutRow({ state: 'failed', lookAt: null });
    table.load(loaded);
    table.load(aCheckoutRow({ id: 10, orderId: 6 }));
    expect(table.liveOf(5, [])).toBeUndefined();
    const added = table.add(aCheckoutRow({ id: 11 }));
    expect(table.ofOrder(5, [])).toEqual([loaded, added]);
    expect(table.liveOf(5, [])).toBe(added);
  });

  test('of an order are known to be loaded also by one of its bookings', () => {
    const table = new CheckoutTable();
    table.noteOrders([], [31]);
    expect(table.ofOrder(5, [{ id: 30 }, { id: 31 }])).toEqual([]);
    expect(() => table.ofOrder(5, [{ id: 30 }])).toThrow('did not declare');
    expect(() => table.liveOf(5, [])).toThrow('did not declare');
  });

  test('that a user has begun are counted up with each one that begins, and down when one is over', () => {
    const table = new CheckoutTable();
    expect(() => table.begunBy(1)).toThrow('did not declare');
    table.noteBegun(1, { live: 0, liveUntil: null, lastHour: 0, firstOfHour: null });
    const checkout = table.add(aCheckoutRow());
    table.add(aCheckoutRow({ id: 10, orderId: null, expiresAt: minutesFromNow(20) }));
    const first = { liveUntil: minutesFromNow(10), firstOfHour: NOW };
    expect(table.begunBy(1)).toEqual({ live: 2, lastHour: 2, ...first });
    table.change(checkout, { state: 'open' });
    expect(table.begunBy(1).live).toBe(2);
    table.change(checkout, { state: 'failed' });
    table.change(checkout, { state: 'paid' });
    expect(table.begunBy(1)).toMatchObject({ live: 1, lastHour: 2 });
  });

  test('are meant by their id, their key and their user together', () => {
    const table = new CheckoutTable();
    const checkout = aCheckoutRow();
    table.load(checkout);
    const meant = { id: 9, key: 'checkout-9-aaaaaaaaaaaaaaaaaaaaaa', userId: 1 };
    expect(table.meant(meant)).toBe(checkout);
    for (const other of [{ id: 8 }, { key: 'checkout-9-b' }, { userId: 2 }]) {
      expect(table.meant({ ...meant, ...other })).toBeUndefined();
    }
  });
});

test('a refund of 0 is never owed', () => {
  const refund = { checkoutId: 9, paymentId: null, jobId: JOB };
  expect(() => new MoneyRows().oweRefund({ ...refund, amount: 0 })).toThrow(
    'The amount of a refund must be above 0.',
  );
});
