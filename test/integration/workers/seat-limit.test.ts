/** MAX_SEATS_PER_USER: holds that have run out but can still be paid, and batches of two processes at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../../scripts/audit/checks.ts';
import { BOOKINGS } from '../../support/orders.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../support/services/test-lane.ts';

const LIMIT = 2;

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: LIMIT });
});
afterAll(() => lane.stop());

async function statesOf(subject: string): Promise<string[]> {
  const found = await lane.rows<{ state: string }>(
    `select booking.state from ${BOOKINGS} join app_user on app_user.id = user_id
     where subject = '${subject}' order by booking.id`,
  );
  return found.map(({ state }) => state);
}

/** As many holds as allowed, all past their grace, and commands that were accepted before they ran out. */
async function lateBuyer(subject: string) {
  const { seatIds } = await lane.schedule();
  const buyer = await lane.buyer(subject);
  await lane.points(subject, 1000);
  const [one, two] = [
    await lane.hold(buyer, seatIds[0] as number),
    await lane.hold(buyer, seatIds[1] as number),
  ];
  const earlier = `- interval '1 minute'`;
  await lane.rows(`update queue_entry set admitted_at = admitted_at ${earlier},
    entered_at = entered_at ${earlier} where id = ${buyer.entryId}`);
  for (const booking of [one, two]) await lane.expireHold(booking);
  const inTime = { acceptedAt: Date.now() - 15_000 };
  return {
    seatIds,
    one,
    two,
    pay: (bookingId: number) =>
      lane.command('pay-booking', { ...buyer, input: { bookingId }, ...inTime }),
    cancel: (bookingId: number) =>
      lane.command('cancel-booking', { subject, input: { bookingId }, ...inTime }),
    book: (place: number) =>
      lane.command('book-seat', { ...buyer, input: { seatId: seatIds[place] as number } }),
    bookBoth: (...places: number[]) =>
      lane.command('book-seats', {
        ...buyer,
        input: { seatIds: places.map((place) => seatIds[place] as number) },
      }),
  };
}

describe('expired holds', () => {
  test('count once they are paid, also in the batch that pays them', async () => {
    const { one, two, pay, book } = await lateBuyer('ada');
    const finished = await lane.run(pay(one.id), book(2), book(3), pay(two.id));
    expect(await statesOf('ada')).toEqual(['paid', 'expired', 'held']);
    expect(finished.map(({ outcome }) => outcome.state)).toEqual([
      'succeeded',
      'succeeded',
      'rejected',
      'rejected',
    ]);
    expect(finished[2]?.outcome).toMatchObject({ problem: { code: 'SEAT_LIMIT_REACHED' } });
    expect(finished[3]?.outcome).toMatchObject({ problem: { code: 'HOLD_EXPIRED' } });
  });

  test('end before others take their place, so that a later payment finds them ended', async () => {
    const { one, two, pay, book } = await lateBuyer('bea');
    await lane.run(book(2), book(3));
    expect(await statesOf('bea')).toEqual(['expired', 'expired', 'held', 'held']);
    const paid = await lane.run(pay(one.id), pay(two.id));
    for (const { outcome } of paid)
      expect(outcome).toMatchObject({ problem: { code: 'HOLD_EXPIRED' } });
    const seats = await lane.rows(`select state, held_until from seat where id = ${one.seatId}`);
    expect(seats).toEqual([{ state: 'available', held_until: null }]);
  });

  test('free no further slot when they are cancelled after they were ended', async () => {
    const { one, two, cancel, book } = await lateBuyer('cleo');
    await lane.run(book(2), cancel(one.id), cancel(two.id), book(3), book(4), book(5));
    const live = (await statesOf('cleo')).filter((state) => state === 'held');
    expect(live).toHaveLength(LIMIT);
  });

  test('end only as far as the limit requires', async () => {
    const { two, pay, book } = await lateBuyer('dora');
    await lane.result(book(2));
    expect(await statesOf('dora')).toEqual(['expired', 'held', 'held']);
    await lane.result(pay(two.id));
  });

  test('can be booked again by their own user at the limit', async () => {
    const { bookBoth } = await lateBuyer('edda');
    await lane.result(bookBoth(0, 1));
    expect(await statesOf('edda')).toEqual(['expired', 'expired', 'held', 'held']);
  });

  test('are unchanged if the booking is refused', async () => {
    const { one, two, pay, bookBoth, seatIds } = await lateBuyer('fay');
    await lane.hold(await lane.buyer('gil'), seatIds[3] as number);
    const outcome = await lane.outcome(bookBoth(2, 3));
    expect(outcome).toMatchObject({ problem: { code: 'SEAT_ALREADY_HELD' } });
    for (const booking of [one, two]) await lane.result(pay(booking.id));
  });

  test('that other users replace in the batch no longer count', async () => {
    const { seatIds, book } = await lateBuyer('hal');
    const ivy = await lane.buyer('ivy');
    const take = (place: number) =>
      lane.command('book-seat', { ...ivy, input: { seatId: seatIds[place] as number } });
    const finished = await lane.run(take(0), take(1), book(2), book(3));
    expect(finished.map(({ outcome }) => outcome.state)).toEqual(Array(4).fill('succeeded'));
  });
});

test('two processes that book for one user concurrently respect the limit', async () => {
  const { seatIds } = await lane.schedule();
  const jo = await lane.buyer('jo');
  await lane.hold(jo, seatIds[0] as number);
  await lane.points('kim', 1);
  const [one, other] = [await takeLane(lane.orm, 'seat-0'), await takeLane(lane.orm, 'seat-1')];
  const book = (place: number) =>
    lane.command('book-seat', { ...jo, input: { seatId: seatIds[place] as number } });
  // The first batch has counted when it comes to the points, and waits for them before it writes.
  const free = await lane.lock(`select 1 from points for update`);
  const charge = lane.command('charge-points', { subject: 'kim', input: { amount: 1 } });
  const first = runToTheEnd(
    lane.deps,
    one,
    [book(1), charge].map((each) => inLane(each, one)),
  );
  await lane.waitForLockWaiters(1);
  const second = runToTheEnd(lane.deps, other, [inLane(book(2), other)]);
  // It waits for its turn; without turns it is through at once, having counted one hold too few.
  await Promise.race([second, lane.waitForLockWaiters(2)]);
  await free();
  await Promise.all([first, second]);
  expect(await statesOf('jo')).toEqual(['held', 'held']);
  expect((await second)[0]?.outcome).toMatchObject({ problem: { code: 'SEAT_LIMIT_REACHED' } });
});

describe('the audit', () => {
  const check = checks.find(({ promise }) => promise.includes('live bookings of a schedule'));
  const wrong = async () => (await lane.rows(check?.wrong ?? '')).length;

  test('finds a user who got more seats than were allowed', async () => {
    const { seatIds } = await lane.schedule();
    const lea = await lane.buyer('lea');
    for (const place of [0, 1]) await lane.hold(lea, seatIds[place] as number);
    expect(await wrong()).toBe(0);
    const lower = `seat_limit = seat_limit - 1 where user_id =
      (select id from app_user where subject = 'lea')`;
    await lane.rows(`update booking set ${lower}`);
    expect(await wrong()).toBe(1);
    await lane.rows(`update booking set ${lower.replace('- 1', '+ 1')}`);
  });

  test('accepts a limit that was lowered later, and bookings of an older version', async () => {
    const { seatIds } = await lane.schedule();
    const max = await lane.buyer('max');
    const first = await lane.hold(max, seatIds[0] as number);
    const second = await lane.hold(max, seatIds[1] as number);
    const settings = { ...lane.deps.settings, seatsPerUserMax: 1 };
    const third = lane.command('book-seat', { ...max, input: { seatId: seatIds[2] as number } });
    const [refused] = await runToTheEnd({ ...lane.deps, settings }, lane.lane, [third]);
    expect(refused?.outcome).toMatchObject({ problem: { code: 'SEAT_LIMIT_REACHED' } });
    await lane.rows(`update booking set seat_limit = null where id in (${first.id}, ${second.id})`);
    expect(await wrong()).toBe(0);
  });
});

test('seats that a cancellation of the same batch frees count too', async () => {
  const hall = [{ from: 1, to: 2 + LIMIT, price: 10 }];
  const { id: scheduleId, seatIds } = await lane.schedule({ seats: hall });
  const [ida, otto] = [await lane.buyer('ida'), await lane.buyer('otto')];
  const place = (buyer: typeof ida, input: object) =>
    lane.command('place-order', { ...buyer, input: { scheduleId, ...input } });
  await lane.result(place(ida, { seatIds: seatIds.slice(0, LIMIT) }));
  const { id: orderId } = await lane.result<{ id: number }>(
    place(otto, { seatIds: seatIds.slice(LIMIT) }),
  );
  const [cancelled, more] = await lane.run(
    lane.command('cancel-order', { subject: 'otto', input: { orderId } }),
    place(ida, { bestAvailable: { quantity: 1 } }),
  );
  expect(cancelled?.outcome.state).toBe('succeeded');
  expect(more?.outcome).toMatchObject({ problem: { code: 'SEAT_LIMIT_REACHED' } });
});
