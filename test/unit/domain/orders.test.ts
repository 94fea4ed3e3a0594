/** Who can pay or cancel an order, or one booking of it, and until when. */
import { describe, expect, test } from 'vitest';
import { decideCancellation } from '../../../src/domain/cancellations.ts';
import {
  type Booking,
  type BookingState,
  bookingState,
  decidePayment,
  type Named,
  type Order,
} from '../../../src/domain/orders.ts';
import { refuse } from '../../../src/domain/reasons.ts';
import { aBooking, anOrder, minutesFromNow, NOW } from '../../support/builders.ts';
import { provePrecedence } from './rules.ts';

type Paying = Parameters<typeof decidePayment>[0];
type Cancelling = Parameters<typeof decideCancellation>[0];

const HOUR_MS = 3_600_000;
const aMomentAgo = new Date(NOW.getTime() - 1);
const expired = { holdExpiresAt: NOW };
const noToken = refuse('QUEUE_TOKEN_INVALID', 'no').refusal;

interface NamedWithOrder {
  named: Named;
  order: Order | undefined;
}
const order = (row?: Order): NamedWithOrder => ({
  named: { kind: 'order', id: 5, row },
  order: row,
});
const booking = (row?: Booking, of = anOrder()): NamedWithOrder => {
  return { named: { kind: 'booking', id: 3, row }, order: row && of };
};
/** Two bookings of one order, for 100 and 70 points. */
const two = () => [aBooking(), aBooking({ id: 4, seatId: 8, price: 70 })];

interface Change {
  state?: BookingState;
  cancelledAt?: Date;
  holdExpiresAt?: Date;
}
const isEnd = (state: BookingState) => state !== 'held' && state !== 'paid';
/** A booking in a state: it has ended so, or its order is in that state. */
const bookingIn = ({ state = 'held', ...change }: Change) => {
  const of = anOrder(change);
  return isEnd(state)
    ? booking(aBooking({ endedAs: state }), of)
    : booking(aBooking(), { ...of, state });
};

/** The reasons speak of what the command names. */
const KINDS = [
  {
    kind: 'an order',
    naming: order,
    inState: (change: Change) => order(anOrder(change)),
    missing: { reason: 'ORDER_NOT_FOUND' },
    foreign: { reason: 'NOT_ORDER_OWNER' },
    over: { reason: 'ORDER_CANCELLED' },
  },
  {
    kind: 'a booking',
    naming: booking,
    inState: bookingIn,
    missing: { reason: 'BOOKING_NOT_FOUND' },
    foreign: { reason: 'NOT_BOOKING_OWNER' },
    over: { reason: 'BOOKING_CANCELLED' },
  },
] as const;

describe.each(KINDS)('the payment of $kind', ({ naming, inState, missing, foreign, over }) => {
  const worst: Paying = {
    ...naming(),
    bookings: two().slice(0, 1),
    userId: 2,
    balance: 99,
    acceptedAt: NOW,
    noToken,
  };
  const by = (change: Change) => inState(change);

  provePrecedence(decidePayment, { input: worst, ...missing }, [
    {
      fixed: 'the missing row',
      by: by({ ...expired, state: 'paid', cancelledAt: NOW }),
      ...foreign,
    },
    { fixed: 'the owner', by: { userId: 1 }, reason: 'SCHEDULE_CANCELLED' },
    {
      fixed: 'the cancellation of the performance',
      by: by({ ...expired, state: 'paid' }),
      reason: 'PAYMENT_ALREADY_PROCESSED',
    },
    {
      fixed: 'the earlier payment',
      by: by({ ...expired, state: 'cancelled' }),
      ...over,
    },
    { fixed: 'the cancellation', by: by(expired), reason: 'HOLD_EXPIRED' },
    {
      fixed: 'the expired hold',
      by: by({ holdExpiresAt: minutesFromNow(5) }),
      reason: 'QUEUE_TOKEN_INVALID',
    },
    { fixed: 'the queue token', by: { noToken: undefined }, reason: 'INSUFFICIENT_POINTS' },
    { fixed: 'the missing point', by: { balance: 100 }, reason: undefined },
  ]);

  const fine: Paying = { ...worst, ...by({}), userId: 1, balance: 130, noToken: undefined };
  const codeFor = (change: Partial<Paying>) => decidePayment({ ...fine, ...change }).refusal?.code;

  test('takes its price', () => {
    expect(decidePayment(fine).change).toEqual({ amount: 100, balance: 30 });
  });

  test('is in time if it was accepted before the end of the hold, and late at the end', () => {
    expect(codeFor({ ...by(expired), acceptedAt: aMomentAgo })).toBeUndefined();
    expect(codeFor({ ...by(expired), acceptedAt: NOW })).toBe('HOLD_EXPIRED');
  });

  test('is refused once others have replaced the hold, however early the command was accepted', () => {
    const acceptedAt = minutesFromNow(-1);
    expect(codeFor({ ...by({ state: 'expired' }), acceptedAt })).toBe('HOLD_EXPIRED');
  });

  test('is refused after a refund as after a cancellation', () => {
    expect(codeFor(by({ state: 'refunded' }))).toBe(over.reason);
  });

  test('says how many points are missing', () => {
    const { refusal } = decidePayment({ ...fine, balance: 88 });
    expect(refusal?.about).toEqual({ missing: 12 });
  });

  test('needs no points for free places', () => {
    const bookings = [aBooking({ price: 0 })];
    expect(decidePayment({ ...fine, bookings, balance: 0 }).change?.balance).toBe(0);
  });
});

describe('the state of a booking', () => {
  const stateIn = (state: Order['state']) => bookingState(aBooking(), anOrder({ state }));

  test('is that of its order while it is live', () => {
    expect(stateIn('held')).toBe('held');
    expect(stateIn('paid')).toBe('paid');
  });

  test('is paid if others of its order were refunded', () => {
    expect(stateIn('partly-refunded')).toBe('paid');
  });

  test.each(['expired', 'cancelled', 'refunded'] as const)('is %s once it ended so', (endedAs) => {
    expect(bookingState(aBooking({ endedAs }), anOrder({ state: 'paid' }))).toBe(endedAs);
  });
});

describe('the payment of several bookings', () => {
  const fine: Paying = {
    ...order(anOrder({ total: 170 })),
    bookings: [...two(), aBooking({ id: 6, endedAs: 'cancelled' })],
    userId: 1,
    balance: 170,
    acceptedAt: NOW,
    noToken: undefined,
  };

  test('takes the price of all that are held, and none without points for all', () => {
    expect(decidePayment(fine).change).toEqual({ amount: 170, balance: 0 });
    expect(decidePayment({ ...fine, balance: 169 }).refusal?.code).toBe('INSUFFICIENT_POINTS');
  });

  const one: Paying = { ...fine, ...booking(aBooking()), balance: 0, noToken };
  provePrecedence(decidePayment, { input: one, reason: 'BOOKING_IN_ORDER' }, [
    { fixed: 'the others', by: { bookings: [aBooking()] }, reason: 'QUEUE_TOKEN_INVALID' },
    { fixed: 'the queue token', by: { noToken: undefined }, reason: 'INSUFFICIENT_POINTS' },
    { fixed: 'the missing points', by: { balance: 100 }, reason: undefined },
  ]);

  test('is refused by one of them, which names the order', () => {
    const { refusal } = decidePayment({ ...fine, ...booking(aBooking()), noToken });
    expect(refusal).toMatchObject({ code: 'BOOKING_IN_ORDER', about: { orderId: 5 } });
  });

  test('is not repeated for an order of which a part was refunded', () => {
    const named = order(anOrder({ state: 'partly-refunded' }));
    expect(decidePayment({ ...fine, ...named }).refusal?.code).toBe('PAYMENT_ALREADY_PROCESSED');
  });
});

describe.each(KINDS)('cancelling $kind', ({ naming, inState, missing, foreign, over }) => {
  const by = (change: Change) => inState(change);
  const worst: Cancelling = {
    ...naming(),
    bookings: two().slice(0, 1),
    by: { userId: 2 },
    checkIns: [],
    openCheckoutId: undefined,
    balance: 30,
    acceptedAt: NOW,
    startAt: minutesFromNow(60),
    cancelUntilMs: HOUR_MS,
  };
  const checkIns = [{ bookingId: 3, at: NOW, gate: 'North 2' }];

  provePrecedence(decideCancellation, { input: worst, ...missing }, [
    {
      fixed: 'the missing row',
      by: by({ ...expired, state: 'cancelled' }),
      ...foreign,
    },
    { fixed: 'the owner', by: { by: { userId: 1 } }, ...over },
    { fixed: 'the earlier cancellation', by: by(expired), reason: 'HOLD_EXPIRED' },
    { fixed: 'the expired hold', by: by({}), reason: undefined },
  ]);
  provePrecedence(decideCancellation, { input: { ...worst, checkIns }, ...missing }, [
    { fixed: 'the missing row', by: by({ state: 'refunded' }), ...foreign },
    { fixed: 'the owner', by: { by: { userId: 1 } }, ...over },
    { fixed: 'the earlier refund', by: by({ state: 'paid' }), reason: 'TICKET_ALREADY_USED' },
    { fixed: 'the use of the ticket', by: { checkIns: [] }, reason: 'CANCELLATION_CLOSED' },
    { fixed: 'the late acceptance', by: { acceptedAt: aMomentAgo }, reason: undefined },
  ]);

  const mine: Cancelling = { ...worst, ...by({}), by: { userId: 1 } };
  const paid: Cancelling = {
    ...mine,
    ...by({ state: 'paid', holdExpiresAt: minutesFromNow(-30) }),
    bookings: two().slice(0, 1),
    acceptedAt: aMomentAgo,
  };

  test('cancels a hold and moves no points, however soon the performance starts', () => {
    const { change } = decideCancellation({ ...mine, startAt: minutesFromNow(1) });
    expect(change).toMatchObject({
      as: 'cancelled',
      order: { state: 'cancelled', total: 100 },
      refund: undefined,
    });
  });

  test('refunds what was paid, also after the end of the hold', () => {
    expect(decideCancellation(paid).change).toMatchObject({
      as: 'refunded',
      order: { state: 'refunded', total: 100 },
      refund: { amount: 100, balance: 130 },
    });
  });

  test('is open to an operator for the order of another user, also after the deadline', () => {
    const late = { ...paid, by: { userId: 2 }, acceptedAt: minutesFromNow(90) };
    expect(decideCancellation(late).refusal?.code).toBe(foreign.reason);
    expect(decideCancellation({ ...late, by: 'operator' }).change).toMatchObject({
      as: 'refunded',
      refund: { amount: 100, balance: 130 },
    });
    const ended = { ...late, by: 'operator' as const, ...by({ state: 'refunded' }) };
    expect(decideCancellation(ended).refusal?.code).toBe(over.reason);
  });

  test('is refused once others have replaced the hold, however early the command was accepted', () => {
    const input = { ...mine, ...by({ state: 'expired' }), acceptedAt: minutesFromNow(-5) };
    expect(decideCancellation(input).refusal?.code).toBe('HOLD_EXPIRED');
  });
});

describe('cancelling one of two bookings', () => {
  const held: Cancelling = {
    ...booking(aBooking(), anOrder({ total: 170 })),
    bookings: two(),
    checkIns: [],
    openCheckoutId: undefined,
    by: { userId: 1 },
    balance: 30,
    acceptedAt: NOW,
    startAt: minutesFromNow(120),
    cancelUntilMs: HOUR_MS,
  };
  const idsOf = (input: Cancelling) => decideCancellation(input).change?.ended.map(({ id }) => id);

  test('takes its price out of a held order', () => {
    expect(idsOf(held)).toEqual([3]);
    const { change } = decideCancellation(held);
    expect(change).toMatchObject({ as: 'cancelled', order: { state: 'held', total: 70 } });
  });

  const open: Cancelling = { ...held, openCheckoutId: 8, acceptedAt: minutesFromNow(6) };
  provePrecedence(decideCancellation, { input: open, reason: 'HOLD_EXPIRED' }, [
    { fixed: 'the late acceptance', by: { acceptedAt: NOW }, reason: 'CHECKOUT_OPEN' },
    { fixed: 'the open page', by: { openCheckoutId: undefined }, reason: undefined },
  ]);

  test('is refused while a payment page takes the price of both, unless the whole order is cancelled', () => {
    const paying = { ...held, openCheckoutId: 8 };
    expect(decideCancellation(paying).refusal?.about).toEqual({ checkoutId: 8 });
    const all = { ...paying, ...order(anOrder({ total: 170 })) };
    expect(idsOf(all)).toEqual([3, 4]);
    expect(idsOf({ ...paying, bookings: two().slice(0, 1) })).toEqual([3]);
  });

  test('of a paid order does not look at pages', () => {
    const paid = booking(aBooking(), anOrder({ state: 'paid', total: 170 }));
    expect(idsOf({ ...held, ...paid, openCheckoutId: 8 })).toEqual([3]);
  });

  test('refunds its price, and leaves the order partly refunded with its total', () => {
    const paid = anOrder({ state: 'paid', total: 170 });
    const input = { ...held, ...booking(aBooking(), paid) };
    expect(idsOf(input)).toEqual([3]);
    expect(decideCancellation(input).change).toMatchObject({
      order: { state: 'partly-refunded', total: 170 },
      refund: { amount: 100, balance: 130 },
    });
  });

  test('leaves the rest of the order to a refund of the whole', () => {
    const row = anOrder({ state: 'partly-refunded', total: 170 });
    const bookings = [aBooking({ endedAs: 'refunded' }), ...two().slice(1)];
    const input = { ...held, ...order(row), bookings };
    expect(idsOf(input)).toEqual([4]);
    expect(decideCancellation(input).change).toMatchObject({
      order: { state: 'refunded', total: 170 },
      refund: { amount: 70, balance: 100 },
    });
  });
});
