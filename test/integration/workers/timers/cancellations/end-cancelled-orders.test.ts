/** How the orders of a cancelled performance end: each once, whatever happens at the same time, and after a crash at any step. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Booking, Order } from '../../../../../src/commands/schemas/resources.ts';
import { readUnfinishedCancellations } from '../../../../../src/db/reads/cancellations.ts';
import { applyBatch } from '../../../../../workers/batch/apply-batch.ts';
import type { TakenCommand } from '../../../../../workers/batch/batch.ts';
import {
  advanceCancellation,
  type DueCancellation,
  findDueCancellation,
  readLiveOrders,
} from '../../../../../workers/timers/cancellations/cancelled-orders.ts';
import {
  endCancelledOrders,
  enqueuePage,
  PENDING_MAX,
  progressAfter,
} from '../../../../../workers/timers/cancellations/end-cancelled-orders.ts';
import { expireHolds } from '../../../../../workers/timers/expire-holds.ts';
import { cancelSchedule, EnqueuedCommands } from '../../../../support/services/cancellations.ts';
import {
  type Buyer,
  openTestLane,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

let lane: TestLane;
let orders: EnqueuedCommands;
let scheduleId: number;
let seatIds: readonly number[];
let areaId: number;
beforeEach(async () => {
  lane = await openTestLane();
  orders = new EnqueuedCommands(lane);
  const areas = [{ name: 'Standing', capacity: 50, price: 30 }];
  const schedule = await lane.schedule({ areas });
  scheduleId = schedule.id;
  seatIds = schedule.seatIds;
  areaId = schedule.areaIds[0] as number;
});
afterEach(() => lane.stop());

const seat = (index: number) => seatIds[index] as number;
const balanceOf = async (subject: string) => {
  const [row] = await lane.rows<{ balance: number }>(
    `select balance::int from points join app_user on app_user.id = user_id where subject = '${subject}'`,
  );
  return row?.balance ?? 0;
};
const stateOf = async (orderId: number) => {
  const [row] = await lane.rows<{ state: string }>(
    `select state from app_order where id = ${orderId}`,
  );
  return row?.state;
};

/** A buyer who holds an order of two seats and two places. */
async function holder(subject: string, first: number): Promise<{ buyer: Buyer; order: Order }> {
  const buyer = await lane.buyer(subject);
  const input = {
    scheduleId,
    seatIds: [seat(first), seat(first + 1)],
    areas: [{ areaId, quantity: 2 }],
  };
  return { buyer, order: await lane.result(lane.command('place-order', { ...buyer, input })) };
}

const payment = ({ buyer, order }: { buyer: Buyer; order: Order }) =>
  lane.command('pay-order', { ...buyer, input: { orderId: order.id } });

/** A buyer who has paid an order of 260 points and has 240 left. */
async function payer(subject: string, first: number) {
  const held = await holder(subject, first);
  await lane.points(subject, 500);
  await lane.result(payment(held));
  return held;
}

const patient = { lockTimeoutMs: 60_000 };
/** Applies a command in a transaction that waits for row locks as long as it takes, so that its first reads count. */
const runPatiently = (command: TakenCommand) =>
  applyBatch(lane.deps, [{ lane: lane.lane, commands: [command] }], patient);

/** What the command does, in a transaction that waits for nobody. */
const cancelAtOnce = () =>
  lane.rows(`update schedule set cancelled_at = now(), cancel_reason = 'Rain' where id = ${scheduleId};
    insert into cancellation (schedule_id, next_at, created_at) values (${scheduleId}, now(), now())`);

test('holds end and paid orders are refunded, and every place is free again', async () => {
  const paid = await payer('ada', 0);
  const held = await holder('bea', 2);
  const part = await payer('cem', 4);
  const [first] = part.order.bookings as [Booking];
  const input = { bookingId: first.id };
  await lane.result(lane.command('cancel-booking', { subject: 'cem', input }));

  expect(await cancelSchedule(lane, scheduleId)).toMatchObject({
    id: scheduleId,
    state: 'cancelled',
  });
  expect(await orders.endSome()).toBe(3);
  const states = await Promise.all([paid, held, part].map(({ order }) => stateOf(order.id)));
  expect(states).toEqual(['refunded', 'cancelled', 'refunded']);
  expect([await balanceOf('ada'), await balanceOf('bea'), await balanceOf('cem')]).toEqual([
    500, 0, 500,
  ]);
  expect(await lane.rows(`select held, sold from area where id = ${areaId}`)).toEqual([
    { held: 0, sold: 0 },
  ]);
  expect(
    await lane.rows(`select from seat where schedule_id = ${scheduleId} and state <> 'available'`),
  ).toEqual([]);
});

test('orders of other performances, and those that ended before, stay as they are', async () => {
  const before = await payer('ada', 0);
  await lane.result(
    lane.command('cancel-order', { subject: 'ada', input: { orderId: before.order.id } }),
  );
  const other = await lane.schedule();
  const buyer = await lane.buyer('bea');
  await lane.hold(buyer, other.seatIds[0] as number);
  await cancelSchedule(lane, scheduleId);
  expect(await orders.endSome()).toBe(0);
  expect(orders.take()).toEqual([]);
});

test('an order of free places is refunded too', async () => {
  const free = await lane.schedule({ areas: [{ name: 'Free', capacity: 9, price: 0 }] });
  const buyer = await lane.buyer('ada');
  const input = { scheduleId: free.id, areas: [{ areaId: free.areaIds[0], quantity: 2 }] };
  const order = await lane.result<Order>(lane.command('place-order', { ...buyer, input }));
  await lane.result(payment({ buyer, order }));
  await cancelSchedule(lane, free.id);
  await orders.endAll();
  expect(await stateOf(order.id)).toBe('refunded');
});

test('the passes end once two in a row have found no order', async () => {
  const { order } = await payer('ada', 0);
  await cancelSchedule(lane, scheduleId);
  expect(await orders.endSome()).toBe(1);
  expect(await orders.endSome()).toBe(0);
  expect(orders.finished).toEqual([]);
  expect(await orders.enqueue(), 'the last pass is not due at once').toBeUndefined();
  expect(await orders.endSome()).toBe(0);
  expect(orders.finished).toEqual([scheduleId]);
  expect(await orders.endSome()).toBeUndefined();
  expect(await stateOf(order.id)).toBe('refunded');
});

test('no page is enqueued while a lane of users is long', async () => {
  await payer('ada', 0);
  await cancelSchedule(lane, scheduleId);
  orders.longest = PENDING_MAX + 1;
  expect(await orders.enqueue()).toBeUndefined();
  expect(orders.heldUp).toEqual([scheduleId]);
  orders.longest = PENDING_MAX;
  expect(await orders.enqueue()).toBe(1);
});

describe('at the moment of the cancellation', () => {
  test('an order that was placed without knowing of it is ended by a later pass', async () => {
    const buyer = await lane.buyer('ada');
    // The batch has read the schedule and waits for the user's row, and the cancellation commits meanwhile.
    const free = await lane.lock(`select from seat where id = ${seat(0)} for update`);
    const input = { scheduleId, seatIds: [seat(0)] };
    const placed = runPatiently(lane.command('place-order', { ...buyer, input }));
    await lane.waitForLockWaiters(1);
    await cancelAtOnce();
    expect(await orders.endSome(), 'the order is not committed yet').toBe(0);
    await free();
    const [finished] = await placed;
    expect(finished?.outcome.state).toBe('succeeded');
    await orders.endAll();
    expect(await lane.rows(`select state from app_order`)).toEqual([{ state: 'cancelled' }]);
  });

  test('a payment that did not know of it is refunded', async () => {
    const held = await holder('ada', 0);
    await lane.points('ada', 500);
    const free = await lane.lock(`select from app_order where id = ${held.order.id} for update`);
    const paid = runPatiently(payment(held));
    await lane.waitForLockWaiters(1);
    await cancelAtOnce();
    // The command that ends the order was enqueued while the order was held.
    await orders.enqueue();
    await free();
    const [finished] = await paid;
    expect(finished?.outcome.state).toBe('succeeded');
    expect(await balanceOf('ada')).toBe(240);
    await lane.run(...orders.take());
    expect([await stateOf(held.order.id), await balanceOf('ada')]).toEqual(['refunded', 500]);
  });

  test.each([['before'], ['after']])(
    'the user’s own cancellation %s refunds once',
    async (when) => {
      const { order } = await payer('ada', 0);
      await cancelSchedule(lane, scheduleId);
      await orders.enqueue();
      const own = lane.command('cancel-order', { subject: 'ada', input: { orderId: order.id } });
      const both = when === 'before' ? [own, ...orders.take()] : [...orders.take(), own];
      const outcomes = (await lane.run(...both)).map(({ outcome }) => outcome.state);
      expect(outcomes).toEqual(
        when === 'before' ? ['succeeded', 'succeeded'] : ['succeeded', 'rejected'],
      );
      expect([await stateOf(order.id), await balanceOf('ada')]).toEqual(['refunded', 500]);
    },
  );

  test('the user’s own cancellation in another lane, at the same time, refunds once', async () => {
    const { order } = await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await orders.enqueue();
    const free = await lane.lock(`select from app_order where id = ${order.id} for update`);
    const own = lane.command('cancel-order', { subject: 'ada', input: { orderId: order.id } });
    const other = await takeLane(lane.orm, 'user-1');
    const inOther = { ...own, jobId: own.jobId.replace(/^[^_]+/, other.name) };
    const racing = Promise.all([
      applyBatch(lane.deps, [{ lane: lane.lane, commands: orders.take() }], patient),
      applyBatch(lane.deps, [{ lane: other, commands: [inOther] }], patient),
    ]);
    await lane.waitForLockWaiters(2);
    await free();
    await racing;
    await orders.endAll();
    expect([await stateOf(order.id), await balanceOf('ada')]).toEqual(['refunded', 500]);
    const refunds = await lane.rows(
      `select from payment where order_id = ${order.id} and kind = 'refund'`,
    );
    expect(refunds).toHaveLength(1);
  });
});

test('a hold that has run out is left to the timer of holds', async () => {
  const { order } = await holder('ada', 0);
  await lane.expireHold({ orderId: order.id });
  await cancelSchedule(lane, scheduleId);
  await orders.comeDue();
  await orders.enqueue();
  const [ended] = await lane.run(...orders.take());
  expect(ended?.outcome).toMatchObject({ state: 'succeeded', result: { state: 'held' } });
  await expireHolds(lane.orm);
  await orders.endAll();
  expect(await stateOf(order.id)).toBe('expired');
  expect(orders.failed).toEqual([]);
});

describe('after a crash', () => {
  /** The steps of a run, of which a test does only some. */
  const steps = async () => {
    const due = (await findDueCancellation(lane.orm)) as DueCancellation;
    const page = await readLiveOrders(lane.orm, due);
    return {
      enqueue: () => enqueuePage(orders.deps, due, page),
      advance: () => advanceCancellation(lane.orm, due, progressAfter(due, page)),
    };
  };

  test.each(['before its page is enqueued', 'before its page is noted'])(
    'of the timer %s the next run enqueues the same page, which takes effect once',
    async (when) => {
      const { order } = await payer('ada', 0);
      await cancelSchedule(lane, scheduleId);
      const { enqueue } = await steps();
      if (when === 'before its page is noted') {
        await enqueue();
        await lane.run(...orders.take());
        expect(await balanceOf('ada')).toBe(500);
      }
      await orders.endAll();
      expect([await stateOf(order.id), await balanceOf('ada')]).toEqual(['refunded', 500]);
    },
  );

  test('of the worker between commit and acknowledgement the command comes again without effect', async () => {
    await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await orders.enqueue();
    const commands = orders.take();
    const first = await lane.run(...commands);
    const again = await lane.run(...commands);
    expect(again[0]?.outcome).toEqual(first[0]?.outcome);
    expect(await balanceOf('ada')).toBe(500);
  });

  test('of Redis with all lanes a later pass enqueues the orders again', async () => {
    const { order } = await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await orders.enqueue();
    orders.take();
    await orders.endAll();
    expect([await stateOf(order.id), await balanceOf('ada')]).toEqual(['refunded', 500]);
  });

  test('two processes that run the timer at once enqueue a page once', async () => {
    await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    const [one, other] = [await steps(), await steps()];
    await one.enqueue();
    await other.enqueue();
    expect(orders.take()).toHaveLength(1);
    expect([await one.advance(), await other.advance()]).toEqual([true, false]);
  });

  test('of PostgreSQL that loses the cancellation no order is refunded', async () => {
    const { order } = await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await orders.enqueue();
    await lane.rows(`delete from cancellation; delete from operator_log where command = 'cancel-schedule';
      delete from command_receipt where command = 'cancel-schedule';
      update schedule set cancelled_at = null, cancel_reason = null`);
    const [ended] = await lane.run(...orders.take());
    expect(ended?.outcome).toMatchObject({
      state: 'rejected',
      problem: { code: 'CANCELLATION_NOT_FOUND' },
    });
    expect([await stateOf(order.id), await balanceOf('ada')]).toEqual(['paid', 240]);
  });
});

describe('a refund that fails', () => {
  const retry = () =>
    lane.command('retry-cancellation', { subject: 'operator', input: { scheduleId } });

  test('is listed, tried again by the next pass, and listed no longer once it succeeds', async () => {
    const { order } = await payer('ada', 0);
    const other = await payer('bea', 2);
    await cancelSchedule(lane, scheduleId);
    const broken = await lane.breakWrites('insert on payment');
    expect(await orders.endSome()).toBe(2);
    expect(orders.failed, 'known to the next pass').toEqual([]);
    await orders.endSome();
    expect(orders.failed).toEqual([order.id, other.order.id]);
    await broken.mend();
    await orders.endAll();
    expect([await balanceOf('ada'), await balanceOf('bea')]).toEqual([500, 500]);
    expect(orders.finished).toEqual([scheduleId]);
  });

  test('is tried again at once if an operator asks for it', async () => {
    await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    const broken = await lane.breakWrites('insert on payment');
    await orders.endSome();
    await broken.mend();
    expect(await orders.enqueue(), 'the next pass is not due').toBeUndefined();
    await lane.result(retry());
    expect(await orders.enqueue()).toBe(1);
    await lane.run(...orders.take());
    expect(await balanceOf('ada')).toBe(500);
  });

  test('is tried again although an operator asked for it while a page was enqueued', async () => {
    await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    const broken = await lane.breakWrites('insert on payment');
    const due = (await findDueCancellation(lane.orm)) as DueCancellation;
    const page = await readLiveOrders(lane.orm, due);
    await enqueuePage(orders.deps, due, page);
    await lane.run(...orders.take());
    await broken.mend();
    await lane.result(retry());
    expect(await advanceCancellation(lane.orm, due, progressAfter(due, page))).toBe(false);
    expect(await orders.enqueue()).toBe(1);
    await lane.run(...orders.take());
    expect(await balanceOf('ada')).toBe(500);
  });

  test('is tried again although the pass has gone past its order', async () => {
    const { order } = await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await lane.rows(`update cancellation set cursor_id = ${order.id}`);
    await lane.result(retry());
    expect(await orders.enqueue()).toBe(1);
  });

  test('is listed although an operator asked for several passes before the next one began', async () => {
    const { order } = await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    const broken = await lane.breakWrites('insert on payment');
    await orders.endSome();
    await broken.mend();
    for (let count = 0; count < 3; count += 1) await lane.result(retry());
    await orders.enqueue();
    expect(orders.failed).toEqual([order.id]);
  });

  test('is listed, and all are enqueued, while another transaction has locked its order', async () => {
    const { order } = await payer('ada', 0);
    const other = await payer('bea', 2);
    await cancelSchedule(lane, scheduleId);
    const broken = await lane.breakWrites('insert on payment');
    await orders.endSome();
    await broken.mend();
    await orders.comeDue();
    const free = await lane.lock(`select from app_order where id = ${order.id} for update`);
    expect(await orders.enqueue()).toBe(2);
    expect(orders.failed).toEqual([order.id, other.order.id]);
    await free();
  });

  test('can be asked for after all orders have ended', async () => {
    await cancelSchedule(lane, scheduleId);
    await orders.endAll();
    await lane.result(retry());
    expect(await orders.endSome()).toBe(0);
    await orders.endAll();
    expect(orders.finished).toEqual([scheduleId, scheduleId]);
  });
});

test('no page is enqueued while the process has other lane counts than are recorded', async () => {
  await payer('ada', 0);
  await cancelSchedule(lane, scheduleId);
  const mark = (isInUse: boolean) =>
    lane.rows(`update lane set in_use = ${isInUse} where name = 'user-0'`);
  await mark(false);
  await expect(orders.enqueue()).rejects.toThrow('USER_LANES) are in use');
  expect(orders.take()).toEqual([]);
  await mark(true);
  expect(await orders.endSome(), 'it is tried again').toBe(1);
});

test('a page that fails does not keep other cancellations waiting', async () => {
  await payer('ada', 0);
  await cancelSchedule(lane, scheduleId);
  const other = await lane.schedule();
  await lane.hold(await lane.buyer('bea'), other.seatIds[0] as number);
  await lane.hold(await lane.buyer('cem'), other.seatIds[1] as number);
  await cancelSchedule(lane, other.id);
  const enqueue = () => Promise.reject(new Error('broken by a test'));
  const failing = endCancelledOrders({ ...orders.deps, commands: { enqueue } });
  await expect(failing).rejects.toThrow('broken by a test');
  expect(await orders.enqueue()).toBe(2);
  expect(await orders.endSome(), 'it is tried again').toBe(1);
});

test('a first pass that finds no order is followed soon, for those that are placed at that moment', () => {
  const first = { scheduleId, pass: 1, cursorId: 0, isChecking: false, triedPass: 0, nextAt: '' };
  const second = { pass: 2, cursorId: 0, isChecking: false, triedPass: 1, nextInMs: 30_000 };
  expect(progressAfter(first, [])).toEqual(second);
  const last = { pass: 3, cursorId: 0, isChecking: true, triedPass: 2, nextInMs: 600_000 };
  expect(progressAfter({ ...first, ...second }, [])).toEqual(last);
});

describe('the board shows', () => {
  const shown = async () =>
    (await readUnfinishedCancellations(lane.orm)).map((each) => each.scheduleId);

  test('a cancellation until a pass has found that no order is left', async () => {
    await payer('ada', 0);
    await cancelSchedule(lane, scheduleId);
    await orders.endSome();
    expect(await shown()).toEqual([scheduleId]);
    await orders.endSome();
    expect(await shown()).toEqual([]);
    expect(orders.finished, 'it is not finished yet').toEqual([]);
  });

  test('the same twelve, the newest, whichever is due first', async () => {
    const seats = [{ section: 'Stalls', row: 'A', from: 1, to: 1, price: 10 }];
    const ids = [];
    for (let count = 0; count < 13; count += 1) {
      const { id } = await lane.schedule({ seats });
      await cancelSchedule(lane, id);
      ids.push(id);
    }
    expect(await shown()).toEqual(ids.slice(1).reverse());
    await lane.rows(`update cancellation set next_at = now() + schedule_id * interval '-1 s'`);
    expect(await shown()).toEqual(ids.slice(1).reverse());
  });
});

test('a page has at most 500 orders, and the next run goes on there', async () => {
  const due = { scheduleId, pass: 3, cursorId: 0, isChecking: true, triedPass: 2, nextAt: '' };
  const page = (count: number) => Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
  const full = { pass: 3, cursorId: 500, isChecking: false, triedPass: 2, nextInMs: 0 };
  expect(progressAfter(due, page(500))).toEqual(full);
  const last = { pass: 4, cursorId: 0, isChecking: false, triedPass: 3, nextInMs: 120_000 };
  expect(progressAfter(due, page(499))).toEqual(last);
  expect(progressAfter({ ...due, cursorId: 500 }, [])).toEqual(last);
  expect(progressAfter({ ...due, pass: 99 }, page(1))).toMatchObject({ nextInMs: 600_000 });
});
