/** Orders of accessible seats and those of companions, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../../../../src/commands/halls/packed-plan.ts';
import { SMALL_PLAN, SMALL_PRICES } from '../../../support/halls/hall-plans.ts';
import { expectRefusal } from '../../../support/handler-promises.ts';
import { scheduleBody } from '../../../support/http/client.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

/** Later than all commands here are accepted, and earlier than all. */
const LATER = '2098-01-01T00:00:00.000Z';
const EARLIER = '2020-01-02T00:00:00.000Z';

let lane: TestLane;
let buyer: Buyer;
let hallId: number;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 1000 });
  buyer = await lane.buyer('ada');
  const input = { name: 'Opera House', plan: pack(SMALL_PLAN) };
  const hall = lane.command('create-hall', { subject: 'operator', input });
  ({ id: hallId } = await lane.result<{ id: number }>(hall));
});
afterAll(() => lane.stop());

/** A sale that is open. Its first seats: accessible, companion, and two like all others. */
function sale(accessibleUntil: string | null) {
  const times = {
    bookingStartAt: '2020-01-01T00:00:00.000Z',
    bookingEndAt: '2099-01-01T00:00:00.000Z',
    startAt: '2099-01-01T00:00:00.000Z',
    endAt: '2099-01-01T02:00:00.000Z',
  };
  const hall = { hallId, version: 1, prices: SMALL_PRICES };
  const options = { ...scheduleBody(), ...times, seats: undefined, hall, accessibleUntil };
  return lane.schedule(options);
}

const order = (scheduleId: number, seatIds: readonly number[], more: object = {}) =>
  lane.command('place-order', { ...buyer, input: { scheduleId, seatIds, ...more } });

test('before the time they are for orders that ask for them', async () => {
  const { id, seatIds } = await sale(LATER);
  const [accessible = 0, companion = 0, plain = 0] = seatIds;
  const reserved = (seatId: number) => ({ code: 'SEAT_RESERVED', seatId });
  await expectRefusal(lane, order(id, [accessible]), reserved(accessible));
  await expectRefusal(lane, order(id, [plain, companion]), reserved(companion));
  const alone = order(id, [companion, plain], { accessible: true });
  await expectRefusal(lane, alone, { code: 'COMPANION_ALONE', seatId: companion });
  const both = order(id, [companion, accessible], { accessible: true });
  expect(await lane.result(both)).toMatchObject({ state: 'held', total: 180 });
});

test('after the time anybody gets them', async () => {
  const { id, seatIds } = await sale(EARLIER);
  const [accessible = 0, companion = 0] = seatIds;
  expect(await lane.result(order(id, [companion]))).toMatchObject({ state: 'held' });
  expect(await lane.result(order(id, [accessible]))).toMatchObject({ state: 'held' });
});

test('what counts is when the order was accepted, not when it is applied', async () => {
  const at = Date.now();
  const { id, seatIds } = await sale(new Date(at).toISOString());
  const [accessible = 0, companion = 0] = seatIds;
  const accepted = (seatId: number, acceptedAt: number) => {
    return { ...order(id, [seatId]), accepted: { ...order(id, [seatId]).accepted, acceptedAt } };
  };
  const early = accepted(accessible, at - 1);
  await expectRefusal(lane, early, { code: 'SEAT_RESERVED', seatId: accessible });
  expect(await lane.result(accepted(accessible, at))).toMatchObject({ state: 'held' });
  expect(await lane.result(accepted(companion, at + 1))).toMatchObject({ state: 'held' });
});

test('without a time they are kept until the end of the sale', async () => {
  const { id, seatIds } = await sale(null);
  const [accessible = 0] = seatIds;
  await expectRefusal(lane, order(id, [accessible]), { code: 'SEAT_RESERVED' });
});

test('the routes for single seats do not ask for them', async () => {
  const { seatIds } = await sale(LATER);
  const [accessible = 0, companion = 0] = seatIds;
  const one = lane.command('book-seat', { ...buyer, input: { seatId: accessible } });
  await expectRefusal(lane, one, { code: 'SEAT_RESERVED', seatId: accessible });
  const two = lane.command('book-seats', { ...buyer, input: { seatIds: [companion, accessible] } });
  await expectRefusal(lane, two, { code: 'SEAT_RESERVED', seatId: companion });
});

test('a seat that somebody has is refused for that first', async () => {
  const { id, seatIds } = await sale(LATER);
  const [accessible = 0] = seatIds;
  await lane.result(order(id, [accessible], { accessible: true }));
  const again = order(id, [accessible]);
  await expectRefusal(lane, again, { code: 'SEAT_ALREADY_HELD', seatId: accessible });
});

test('the best available seats are never among them', async () => {
  const { id, seatIds } = await sale(EARLIER);
  const [accessible = 0, companion = 0, third = 0, fourth = 0] = seatIds;
  const best = (quantity: number) =>
    lane.command('place-order', {
      ...buyer,
      input: { scheduleId: id, bestAvailable: { quantity, section: 'Stalls' } },
    });
  await expectRefusal(lane, best(4), { code: 'NO_ADJACENT_SEATS' });
  // The batch locks both seats for the other command, which is refused and leaves them free.
  const [first, second] = await lane.run(order(id, [accessible, companion, 999_999]), best(2));
  expect(first?.outcome.state).toBe('rejected');
  expect(second?.outcome).toMatchObject({
    result: { bookings: [{ seatId: third }, { seatId: fourth }] },
  });
});
