/** Blocking seats, through `runBatch`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let seatIds: number[];
let ada: Buyer;
beforeAll(async () => {
  lane = await openTestLane();
  ({ seatIds } = await lane.schedule());
  ada = await lane.buyer('ada');
});
afterAll(() => lane.stop());

const aSeat = () => seatIds.shift() as number;
const block = (...ids: number[]) =>
  lane.command('block-seats', { subject: 'op', input: { seatIds: ids, reason: 'camera' } });
const release = (...ids: number[]) =>
  lane.command('release-seats', { subject: 'op', input: { seatIds: ids } });

test('succeeds: a blocked seat cannot be booked until it is released', async () => {
  const seatId = aSeat();
  await lane.result(block(seatId));
  const book = () => lane.command('book-seat', { ...ada, input: { seatId } });
  expect(await lane.outcome(book())).toMatchObject({ problem: { code: 'SEAT_ALREADY_HELD' } });
  await lane.result(release(seatId));
  expect(await lane.outcome(book())).toMatchObject({ state: 'succeeded' });
});

test('blocking a seat ends its expired hold', async () => {
  const booking = await lane.hold(ada, aSeat());
  await lane.expireHold(booking);
  await lane.result(block(booking.seatId));
  const found = await lane.rows(`select ended_as from booking where id = ${booking.id}`);
  expect(found).toEqual([{ ended_as: 'expired' }]);
});

test('refuses when one of the seats is missing', async () => {
  await expectRefusal(lane, block(aSeat(), 999_999), { code: 'SEAT_NOT_FOUND', seatId: 999_999 });
  await expectRefusal(lane, release(999_999), { code: 'SEAT_NOT_FOUND', seatId: 999_999 });
});

test('refuses when one of the seats is held, and then ends no expired hold', async () => {
  const expired = await lane.hold(ada, aSeat());
  await lane.expireHold(expired);
  const held = await lane.hold(ada, aSeat());
  const problem = { code: 'SEAT_ALREADY_HELD', seatId: held.seatId };
  await expectRefusal(lane, block(expired.seatId, held.seatId), problem);
});

test('runs twice with one effect', () => expectOneEffect(lane, block(aSeat())));

test('leaves nothing behind when a statement fails midway', () =>
  expectNothingBehind(lane, block(aSeat()), 'insert on command_receipt'));
