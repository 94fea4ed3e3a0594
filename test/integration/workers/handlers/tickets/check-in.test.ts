/** Letting the holders of tickets in through `runBatch`, and what it rules out: a second entry, and a refund by the user. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checks } from '../../../../../scripts/audit/checks.ts';
import type { Booking, Order } from '../../../../../src/commands/schemas/resources.ts';
import { pipelined } from '../../../../../src/db/connection/pipeline.ts';
import { applyBatch } from '../../../../../workers/batch/apply-batch.ts';
import { LOCK_TIMEOUT_MS } from '../../../../../workers/batch/apply-with-retries.ts';
import type { RunningCommand } from '../../../../../workers/handlers/handler.ts';
import { handlers } from '../../../../../workers/handlers/index.ts';
import { loadRows } from '../../../../../workers/rows/load-rows.ts';
import {
  expectNothingBehind,
  expectOneEffect,
  expectRefusal,
} from '../../../../support/handler-promises.ts';
import { type Orders, ordersOf } from '../../../../support/orders.ts';
import { cancelSchedule } from '../../../../support/services/cancellations.ts';
import {
  inLane,
  openTestLane,
  runToTheEnd,
  type TestLane,
  takeLane,
} from '../../../../support/services/test-lane.ts';

const UNKNOWN = 999_999;

let lane: TestLane;
let scheduleId: number;
let otherScheduleId: number;
let seatIds: number[];
let areaId: number;
let orders: Orders;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 500 });
  const hall = [{ section: 'Stalls', row: 'A', from: 1, to: 400, price: 10 }];
  const areas = [{ name: 'Standing', capacity: 20, price: 10 }];
  const schedule = await lane.schedule({ seats: hall, areas });
  ({ id: scheduleId, seatIds } = schedule);
  areaId = schedule.areaIds[0] as number;
  orders = ordersOf(lane, scheduleId);
  ({ id: otherScheduleId } = await lane.schedule());
});
afterAll(() => lane.stop());

const scan = (ticketId: number, change: object = {}) =>
  lane.command('check-in', {
    subject: 'the gate',
    input: { ticketId, scheduleId, gate: 'North 2', ...change },
  });

async function held(subject: string, places = 1): Promise<Order> {
  return orders.order(await lane.buyer(subject), seatIds.splice(0, places));
}

async function paid(subject: string, places = 1): Promise<{ order: Order; tickets: number[] }> {
  const buyer = await lane.buyer(subject);
  const order = await orders.order(buyer, seatIds.splice(0, places));
  await lane.points(subject, 10 * places);
  await lane.result(orders.pay(buyer, order.id));
  return { order, tickets: order.bookings.map(({ id }) => id) };
}

/** @returns the ticket of a place of the area */
async function paidStanding(subject: string): Promise<number> {
  const buyer = await lane.buyer(subject);
  const areas = [{ areaId, quantity: 1 }];
  const order = await lane.result<Order>(orders.placeIn(buyer, { areas }));
  await lane.points(subject, 10);
  await lane.result(orders.pay(buyer, order.id));
  return (order.bookings[0] as Booking).id;
}

const refusedScans = async (ticketId: number) => {
  const rows = await lane.rows<Record<string, unknown>>(
    `select schedule_id::int, gate, reason, used_at, used_gate, scanned_at from refused_scan
     where ticket_id = ${ticketId} order by id`,
  );
  const iso = (time: unknown) => (time === null ? null : new Date(time as string).toISOString());
  return rows.map((row) => ({
    ...row,
    used_at: iso(row.used_at),
    scanned_at: iso(row.scanned_at),
  }));
};

const cancelOne = (subject: string, bookingId: number) =>
  lane.command('cancel-booking', { subject, input: { bookingId } });
const cancelAsOperator = (orderId: number) =>
  lane.command('cancel-order-as-operator', {
    subject: 'operator',
    input: { orderId, reason: 'The singer lost her voice' },
  });
const only = (tickets: readonly number[]) => tickets[0] as number;

describe('a scan', () => {
  test('admits nobody to a cancelled performance, even before the refund', async () => {
    const { id, seatIds: ofIt } = await lane.schedule();
    const buyer = await lane.buyer('zoe');
    const order = await ordersOf(lane, id).order(buyer, ofIt.slice(0, 1));
    await lane.points('zoe', 100);
    await lane.result(orders.pay(buyer, order.id));
    await cancelSchedule(lane, id);
    const ticket = only(order.bookings.map(({ id }) => id));
    await expectRefusal(lane, scan(ticket, { scheduleId: id }), { code: 'TICKET_REVOKED' });
  });

  test('succeeds, and says who has entered where', async () => {
    const ticket = only((await paid('ada')).tickets);
    const command = scan(ticket);
    const at = new Date(command.accepted.acceptedAt).toISOString();
    expect(await lane.result(command)).toEqual({
      ticketId: ticket,
      at,
      gate: 'North 2',
      seat: { section: 'Stalls', row: 'A', seatNumber: 1, areaId: null, areaName: null },
    });
    const rows = await lane.rows(
      `select schedule_id::int, gate, subject, job_id from check_in
       join app_user on app_user.id = user_id where booking_id = ${ticket}`,
    );
    expect(rows).toEqual([
      { schedule_id: scheduleId, gate: 'North 2', subject: 'the gate', job_id: command.jobId },
    ]);
  });

  test('of a place of an area names the area', async () => {
    const id = await paidStanding('bea');
    const seat = { section: null, row: null, seatNumber: null, areaId, areaName: 'Standing' };
    expect(await lane.result(scan(id))).toMatchObject({ ticketId: id, seat });
  });

  test('of a used ticket is refused, with the time and the gate of the first', async () => {
    const ticket = only((await paid('cleo')).tickets);
    const { at } = await lane.result<{ at: string }>(scan(ticket));
    await expectRefusal(lane, scan(ticket, { gate: 'South 1' }), {
      code: 'TICKET_ALREADY_USED',
      ticketId: ticket,
      at,
      gate: 'North 2',
    });
  });

  test('is refused for another schedule, a refunded place, a held one, and none', async () => {
    const { order, tickets } = await paid('dora', 2);
    const [one, other] = tickets as [number, number];
    await expectRefusal(lane, scan(one, { scheduleId: otherScheduleId }), {
      code: 'TICKET_WRONG_SCHEDULE',
      scheduleId,
    });
    await lane.result(cancelOne('dora', one));
    await expectRefusal(lane, scan(one), { code: 'TICKET_REVOKED' });
    await lane.result(scan(other));
    await lane.result(cancelAsOperator(order.id));
    await expectRefusal(lane, scan(other), { code: 'TICKET_REVOKED' });
    const { id } = (await held('eva')).bookings[0] as Booking;
    await expectRefusal(lane, scan(id), { code: 'TICKET_REVOKED' });
    await expectRefusal(lane, scan(UNKNOWN), { code: 'TICKET_REVOKED' });
  });

  test('of a gate that had no network keeps the time of the gate', async () => {
    const scannedAt = '2026-11-20T18:12:40.061Z';
    const ticket = only((await paid('flo')).tickets);
    expect(await lane.result(scan(ticket, { scannedAt }))).toMatchObject({ scannedAt });
    const rows = await lane.rows<{ scanned_at: Date }>(
      `select scanned_at from check_in where booking_id = ${ticket}`,
    );
    expect(rows.map((row) => new Date(row.scanned_at).toISOString())).toEqual([scannedAt]);
    expect(await refusedScans(ticket)).toEqual([]);
  });

  test('that is refused is recorded only if the gate has let the holder in before', async () => {
    const scannedAt = '2126-11-20T18:12:40.061Z';
    const ticket = only((await paid('flora')).tickets);
    const { at } = await lane.result<{ at: string }>(scan(ticket));
    await expectRefusal(lane, scan(ticket, { gate: 'South 1' }), { code: 'TICKET_ALREADY_USED' });
    expect(await refusedScans(ticket)).toEqual([]);
    const late = scan(ticket, { gate: 'South 1', scannedAt });
    expect(await lane.outcome(late)).toMatchObject({ state: 'rejected' });
    expect(await lane.outcome(late)).toMatchObject({ problem: { code: 'TICKET_ALREADY_USED' } });
    expect(await refusedScans(ticket)).toEqual([
      {
        schedule_id: scheduleId,
        gate: 'South 1',
        reason: 'TICKET_ALREADY_USED',
        used_at: at,
        used_gate: 'North 2',
        scanned_at: scannedAt,
      },
    ]);
  });

  test('that is refused for another reason names no other gate', async () => {
    const { order, tickets } = await paid('flynn');
    const scannedAt = '2026-11-20T18:12:40.061Z';
    const ticket = only(tickets);
    await lane.result(scan(ticket));
    await lane.result(cancelAsOperator(order.id));
    for (const each of [ticket, UNKNOWN]) {
      await lane.outcome(scan(each, { scannedAt }));
      expect(await refusedScans(each)).toMatchObject([
        { reason: 'TICKET_REVOKED', used_at: null, used_gate: null },
      ]);
    }
  });

  test('runs twice with one effect', async () => {
    await expectOneEffect(lane, scan(only((await paid('fay')).tickets)));
  });

  test('leaves nothing behind when a statement fails midway', async () => {
    const { tickets } = await paid('gil');
    await expectNothingBehind(lane, scan(only(tickets)), 'insert on check_in');
  });

  test('locks neither the seat nor the area of its ticket', async () => {
    const { order, tickets } = await paid('hana');
    const seat = order.bookings[0]?.seatId;
    const standing = await paidStanding('hana');
    const release = await lane.lock(`select from seat where id = ${seat} for update`);
    const releaseArea = await lane.lock('select from area for update');
    try {
      for (const ticket of [only(tickets), standing]) {
        expect(await lane.outcome(scan(ticket))).toMatchObject({ state: 'succeeded' });
      }
    } finally {
      await release();
      await releaseArea();
    }
  });

  test('locks no area beside a payment, whose areas the batch locks', async () => {
    const standing = await paidStanding('hugo');
    const buyer = await lane.buyer('hugo');
    await lane.points('hugo', 10);
    const { id } = await orders.order(buyer, seatIds.splice(0, 1));
    expect(lane.deps.remembered.areaUse.isAnyKnown).toBe(true);
    const release = await lane.lock('select from area for update');
    try {
      // Not split into keys, of which each would find its way past the lock.
      const commands = [scan(standing), orders.pay(buyer, id)];
      const finished = await applyBatch(lane.deps, [{ lane: lane.lane, commands }], {
        lockTimeoutMs: LOCK_TIMEOUT_MS,
      });
      expect(finished.map(({ outcome }) => outcome.state)).toEqual(['succeeded', 'succeeded']);
    } finally {
      await release();
    }
  });
});

test('booking and paying read and write no check-in', async () => {
  const release = await lane.lock('lock table check_in in access exclusive mode');
  try {
    const { order } = await paid('lisa', 2);
    const buyer = await lane.buyer('moe');
    const { id: bookingId } = await lane.hold(buyer, seatIds.shift() as number);
    await lane.points('moe', 10);
    await lane.result(lane.command('pay-booking', { ...buyer, input: { bookingId } }));
    expect(order.state).toBe('held');
  } finally {
    await release();
  }
});

describe('a refund by the user', () => {
  test('is refused for a used ticket and for an order with one, but not for the others', async () => {
    const { order, tickets } = await paid('ida', 3);
    const [used, unused] = tickets as [number, number];
    await lane.result(scan(used));
    const problem = { code: 'TICKET_ALREADY_USED', ticketId: used, gate: 'North 2' };
    await expectRefusal(lane, cancelOne('ida', used), problem);
    await expectRefusal(lane, orders.cancel('ida', order.id), problem);
    expect(await lane.result(cancelOne('ida', unused))).toMatchObject({ state: 'refunded' });
    expect(await lane.result(cancelAsOperator(order.id))).toMatchObject({ state: 'refunded' });
  });

  test('in the same batch as a scan has the outcome of the order in which they were accepted', async () => {
    const first = await paid('jana');
    const scanned = await lane.run(
      scan(only(first.tickets)),
      orders.cancel('jana', first.order.id),
    );
    expect(scanned.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'succeeded' },
      { state: 'rejected', problem: { code: 'TICKET_ALREADY_USED' } },
    ]);
    const second = await paid('kim');
    const refunded = await lane.run(
      orders.cancel('kim', second.order.id),
      scan(only(second.tickets)),
    );
    expect(refunded.map(({ outcome }) => outcome)).toMatchObject([
      { state: 'succeeded' },
      { state: 'rejected', problem: { code: 'TICKET_REVOKED' } },
    ]);
  });
});

test('only the check-ins of orders are loaded that a command may refund', async () => {
  const [paying, cancelling] = [await paid('lea'), await paid('lea')];
  for (const { tickets } of [paying, cancelling]) await lane.result(scan(only(tickets)));
  const needing = [
    handlers['pay-order'].needs({ orderId: paying.order.id }),
    handlers['cancel-order'].needs({ orderId: cancelling.order.id }),
  ].map((needs) => ({ command: { userId: 1 } as RunningCommand, needs }));
  const { scheduleRanges } = lane.deps.remembered;
  const options = {
    holdMs: 1000,
    areaLocks: { locksAreas: false, areaIds: [] },
    userIds: new Map(),
    scheduleRanges,
  };
  const { checkIns, orders: loaded } = await pipelined(lane.orm, (send) =>
    loadRows(send, needing, options),
  );
  expect([...loaded.values()]).toHaveLength(2);
  expect([...checkIns.values()].map(({ bookingId }) => bookingId)).toEqual(cancelling.tickets);
});

test.each([
  ['scan', 'refund', 'TICKET_ALREADY_USED'],
  ['refund', 'scan', 'TICKET_REVOKED'],
  ['scan', 'scan', 'TICKET_ALREADY_USED'],
])('a %s that waits for the lock of an order first excludes a %s', async (first, second, code) => {
  const subject = `leo ${first} ${second}`;
  const { order, tickets } = await paid(subject);
  const [one, other] = [await takeLane(lane.orm, 'user-1'), await takeLane(lane.orm, 'user-2')];
  const make = (kind: string) =>
    kind === 'scan' ? scan(only(tickets)) : orders.cancel(subject, order.id);
  const [ahead, behind] = [make(first), make(second)];
  const release = await lane.lock(`select from app_order where id = ${order.id} for update`);
  const winning = runToTheEnd(lane.deps, one, [inLane(ahead, one)]);
  await lane.waitForLockWaiters(1);
  const losing = runToTheEnd(lane.deps, other, [inLane(behind, other)]);
  await lane.waitForLockWaiters(2);
  await release();
  expect((await winning)[0]?.outcome.state).toBe('succeeded');
  const problem = first === 'scan' ? { code, gate: 'North 2', at: expect.any(String) } : { code };
  expect((await losing)[0]?.outcome).toMatchObject({ state: 'rejected', problem });
});

test('scans and refunds of the same tickets in two lanes leave what the audit expects', async () => {
  const bought = [];
  for (let count = 0; count < 60; count += 1) bought.push(await paid(`user ${count % 10}`));
  const [gates, users] = [await takeLane(lane.orm, 'user-3'), await takeLane(lane.orm, 'user-4')];
  const scans = bought.map(({ tickets }) => inLane(scan(only(tickets)), gates));
  const refunds = bought.map(({ order }, count) =>
    inLane(orders.cancel(`user ${count % 10}`, order.id), users),
  );
  const inTens = async (own: typeof gates, commands: typeof scans) => {
    const states: string[] = [];
    for (let start = 0; start < commands.length; start += 10) {
      const finished = await runToTheEnd(lane.deps, own, commands.slice(start, start + 10));
      states.push(...finished.map(({ outcome }) => outcome.state));
    }
    return states;
  };
  // From both ends, and the first ten of each before they meet, so that each wins some.
  refunds.reverse();
  const [scanned, refunded] = [
    await inTens(gates, scans.splice(0, 10)),
    await inTens(users, refunds.splice(0, 10)),
  ];
  const [scannedThen, refundedThen] = await Promise.all([
    inTens(gates, scans),
    inTens(users, refunds),
  ]);
  scanned.push(...scannedThen);
  refunded.push(...refundedThen);
  refunded.reverse();
  const pairs = scanned.map((state, at) => `${state} ${refunded[at]}`);
  expect(new Set(pairs)).toEqual(new Set(['succeeded rejected', 'rejected succeeded']));
  for (const { promise, wrong } of checks) expect(await lane.rows(wrong), promise).toEqual([]);
});
