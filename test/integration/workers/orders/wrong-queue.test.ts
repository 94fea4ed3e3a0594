/** A queue token books what its own queue admits to, and pays what was held with it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandName } from '../../../../src/commands/index.ts';
import { expectRefusal } from '../../../support/handler-promises.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

/** A concert with a queue of its own. */
async function ownQueue() {
  const schedule = await lane.schedule();
  return { ...schedule, queueId: await lane.queue([schedule.concertId]) };
}

const of = (name: CommandName, buyer: Buyer, input: object) =>
  lane.command(name, { ...buyer, input });

test('every command that books refuses the token of another queue, and names the right one', async () => {
  const { id: scheduleId, seatIds, queueId } = await ownQueue();
  const house = await lane.buyer('ada');
  const [seatId = 0] = seatIds;
  const bestAvailable = { quantity: 2 };
  const refused = { code: 'QUEUE_TOKEN_WRONG_QUEUE', queueId };
  for (const command of [
    of('book-seat', house, { seatId }),
    of('book-seats', house, { seatIds: seatIds.slice(0, 2) }),
    of('book-seats', house, { scheduleId, bestAvailable }),
    of('place-order', house, { scheduleId, seatIds: [seatId] }),
    of('place-order', house, { scheduleId, bestAvailable }),
    of('place-order', house, { scheduleId, seatIds: [999_999] }),
  ]) {
    await expectRefusal(lane, command, refused);
  }
});

test('the token of the concert’s queue books, and books nothing of the house queue', async () => {
  const { seatIds, queueId } = await ownQueue();
  const buyer = await lane.buyer('bea', queueId);
  await lane.hold(buyer, seatIds[0] as number);
  const [order] = await lane.rows(
    `select queue_id as "queueId", entry_id::float8 as "entryId" from app_order
     order by id desc limit 1`,
  );
  expect(order).toEqual({ queueId, entryId: buyer.entryId });
  const other = await lane.schedule();
  await expectRefusal(lane, of('book-seat', buyer, { seatId: other.seatIds[0] }), {
    code: 'QUEUE_TOKEN_WRONG_QUEUE',
    queueId: 1,
  });
});

test('an order is paid with the queue under which it was held, also after its concert has moved', async () => {
  const { concertId, seatIds } = await lane.schedule();
  const buyer = await lane.buyer('cem');
  await lane.points('cem', 200);
  const first = await lane.hold(buyer, seatIds[0] as number);
  const second = await lane.hold(buyer, seatIds[1] as number);
  const queueId = await lane.queue([concertId]);
  const inNew = await lane.buyer('cem', queueId);
  await expectRefusal(lane, of('pay-booking', inNew, { bookingId: first.id }), {
    code: 'QUEUE_TOKEN_WRONG_QUEUE',
    queueId: 1,
  });
  await lane.result(of('pay-booking', buyer, { bookingId: first.id }));
  await lane.result(of('pay-booking', buyer, { bookingId: second.id }));
  const entries = await lane.rows(
    `select queue_id as "queueId", state from queue_entry join app_user on app_user.id = user_id
     where subject = 'cem' order by queue_id`,
  );
  expect(entries).toEqual([
    { queueId: 1, state: 'ended' },
    { queueId, state: 'active' },
  ]);
});
