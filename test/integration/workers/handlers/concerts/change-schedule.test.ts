/** Changing performances, through `runBatch`: their times, and whether their sale is closed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import { openTestLane, type TestLane } from '../../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
});
afterAll(() => lane.stop());

const operator = (name: Parameters<TestLane['command']>[0], input: object) =>
  lane.command(name, { subject: 'operator', input });

const reason = 'Sold elsewhere';
const inputs = { 'close-schedule': { reason }, 'reopen-schedule': {} } as const;

test.each(Object.entries(inputs))(
  '%s has one effect, and none if a statement fails',
  async (name, input) => {
    const { id } = await lane.schedule();
    const command = (scheduleId = id) =>
      operator(name as keyof typeof inputs, { scheduleId, ...input });
    await expectNothingBehind(lane, command(), 'update on schedule');
    await expectOneEffect(lane, command());
    await expectRefusal(lane, command(999_999), { code: 'SCHEDULE_NOT_FOUND' });
    await cancelSchedule(lane, id);
    await expectRefusal(lane, command(), { code: 'SCHEDULE_CANCELLED', scheduleId: id });
  },
);

test('while the sale of a performance is closed nothing of it can be held, and what is held can be paid', async () => {
  const {
    id: scheduleId,
    seatIds,
    areaIds,
  } = await lane.schedule({
    areas: [{ name: 'Floor', capacity: 10, price: 5 }],
  });
  const [held = 0, wanted = 0] = seatIds;
  const [ada, bob] = [await lane.buyer('ada'), await lane.buyer('bob')];
  const { id: bookingId } = await lane.hold(ada, held);
  const closed = await lane.result(operator('close-schedule', { scheduleId, reason }));
  expect(closed).toMatchObject({ id: scheduleId, state: 'closed' });
  const order = (input: object) =>
    lane.command('place-order', { ...bob, input: { scheduleId, ...input } });
  for (const refused of [
    lane.command('book-seat', { ...bob, input: { seatId: wanted } }),
    order({ seatIds: [wanted] }),
    order({ bestAvailable: { quantity: 2 } }),
    order({ areas: [{ areaId: areaIds[0], quantity: 1 }] }),
  ]) {
    await expectRefusal(lane, refused, { code: 'SALE_CLOSED' });
  }
  await lane.points('ada', 100);
  await lane.result(lane.command('pay-booking', { ...ada, input: { bookingId } }));
  const reopened = await lane.result(operator('reopen-schedule', { scheduleId }));
  expect(reopened).toMatchObject({ state: 'scheduled' });
  await lane.result(order({ seatIds: [wanted] }));
});

test('a performance and its concert are closed and opened independently of each other', async () => {
  const { id: scheduleId, concertId, seatIds } = await lane.schedule();
  const input = { scheduleId, seatIds: seatIds.slice(0, 1) };
  const bob = await lane.buyer('bob of both');
  const order = () => lane.command('place-order', { ...bob, input });
  const refused = () => expectRefusal(lane, order(), { code: 'SALE_CLOSED' });
  await lane.result(operator('close-schedule', { scheduleId, reason }));
  await lane.result(operator('close-concert', { concertId, reason }));
  await lane.result(operator('reopen-concert', { concertId }));
  await refused();
  await lane.result(operator('close-concert', { concertId, reason }));
  await lane.result(operator('reopen-schedule', { scheduleId }));
  await refused();
  await lane.result(operator('reopen-concert', { concertId }));
  await lane.result(order());
});

test('edit-schedule has one effect before the sale, and moves only the end of the sale afterwards', async () => {
  const { id: scheduleId } = await lane.schedule();
  await lane.rows(`update schedule set booking_start_at = now() + interval '1 hour',
    booking_end_at = now() + interval '1 day', start_at = now() + interval '2 days',
    end_at = now() + interval '3 days' where id = ${scheduleId}`);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const startAt = inDays(2.5);
  const edit = (change: object) => operator('edit-schedule', { scheduleId, ...change });
  await expectNothingBehind(lane, edit({ startAt }), 'update on schedule');
  await expectOneEffect(lane, edit({ startAt }));
  expect(await lane.result(edit({}))).toMatchObject({ id: scheduleId, startAt });
  await lane.rows(
    `update schedule set booking_start_at = now() - interval '1 hour' where id = ${scheduleId}`,
  );
  await expectRefusal(lane, edit({ startAt: inDays(2.6) }), { code: 'SALE_STARTED', scheduleId });
  const bookingEndAt = inDays(2);
  expect(await lane.result(edit({ bookingEndAt }))).toMatchObject({ bookingEndAt });
});
