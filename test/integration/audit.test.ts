/** The audit finds every violation that nothing else prevents: each is written by hand, and taken back. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks as allChecks } from '../../scripts/audit/checks.ts';
import { hallChecks } from '../../scripts/audit/hall-checks.ts';
import { moneyChecks } from '../../scripts/audit/money-checks.ts';
import { asLastLeft } from '../../scripts/audit/operator-checks.ts';
import { afterViolation } from '../support/audit/after-violation.ts';
import { ordersOf } from '../support/orders.ts';
import { cancelSchedule, EnqueuedCommands } from '../support/services/cancellations.ts';
import { comeDue, gathering, holdDraws } from '../support/services/draws.ts';
import { openTestLane, type TestLane } from '../support/services/test-lane.ts';

/** These promises are broken in `audit-money.test.ts`, `audit-halls.test.ts` and `audit-effects.test.ts`. */
const elsewhere = [...moneyChecks, ...hallChecks, asLastLeft];
const checks = allChecks.filter((check) => !elsewhere.includes(check));

const UNKNOWN = 999_999;

let lane: TestLane;
let client: Client;
beforeAll(async () => {
  lane = await openTestLane();
  const standing = { name: 'Standing', capacity: 10, price: 100 };
  const { seatIds, id, areaIds, concertId } = await lane.schedule({ areas: [standing] });
  const orders = ordersOf(lane, id);
  const ada = await lane.buyer('ada');
  await lane.points('ada', 1000);
  const seats = (from: number) => seatIds.slice(from, from + 2);
  const paid = await orders.order(ada, seats(0));
  const partly = await orders.order(ada, seats(2));
  const refunded = await orders.order(ada, seats(4));
  const cancelled = await orders.order(ada, seats(6));
  await lane.result(orders.pay(ada, paid.id));
  await lane.result(orders.pay(ada, partly.id));
  await lane.result(orders.pay(ada, refunded.id));
  await lane.result(orders.cancel('ada', refunded.id));
  await lane.result(orders.cancel('ada', cancelled.id));
  const one = { bookingId: partly.bookings[0]?.id };
  await lane.result(lane.command('cancel-booking', { subject: 'ada', input: one }));
  const bea = await lane.buyer('bea');
  await orders.order(bea, seats(8));
  await lane.hold(bea, seatIds[20] as number);
  const areas = [{ areaId: areaIds[0] as number, quantity: 2 }];
  await lane.result(orders.placeIn(bea, { areas }));
  const cleo = await lane.buyer('cleo');
  await lane.points('cleo', 1000);
  const { id: standingId } = await lane.result<{ id: number }>(orders.placeIn(cleo, { areas }));
  await lane.result(orders.pay(cleo, standingId));
  await lane.result(lane.command('enter-queue', { subject: 'eli' }));
  await lane.result(lane.command('leave-queue', { subject: 'eli' }));
  await lane.result(lane.command('enter-queue', { subject: 'dora' }));
  const paidAgain = await orders.order(ada, seats(10));
  await lane.result(orders.pay(ada, paidAgain.id));
  const tickets = paidAgain.bookings.map(({ id: ticketId }) => ticketId);
  for (const ticketId of [tickets[0], paid.bookings[0]?.id]) {
    const scan = { ticketId, scheduleId: id, gate: 'North 2' };
    await lane.result(lane.command('check-in', { subject: 'the gate', input: scan }));
  }
  const ofOperator = { orderId: paidAgain.id, reason: 'The buyer is ill' };
  await lane.result(
    lane.command('cancel-order-as-operator', { subject: 'operator', input: ofOperator }),
  );
  const again = await lane.buyer('ada');
  const refundedByBoth = await orders.order(again, seatIds.slice(12, 15));
  await lane.result(orders.pay(again, refundedByBoth.id));
  const own = { bookingId: refundedByBoth.bookings[0]?.id };
  await lane.result(lane.command('cancel-booking', { subject: 'ada', input: own }));
  const rest = { orderId: refundedByBoth.id, reason: 'The buyer is ill' };
  await lane.result(lane.command('cancel-order-as-operator', { subject: 'operator', input: rest }));
  const offline = { gate: 'South 1', scannedAt: '2026-11-20T18:12:40.061Z' };
  const late: [ticketId: number | undefined, scheduleId: number][] = [
    [paid.bookings[0]?.id, id],
    [tickets[1], id],
    [tickets[1], UNKNOWN],
    [UNKNOWN, id],
  ];
  for (const [ticketId, scheduleId] of late) {
    const input = { ticketId, scheduleId, ...offline };
    await lane.outcome(lane.command('check-in', { subject: 'the gate', input }));
  }
  await lane.queue([concertId]);
  const rained = await lane.schedule();
  const wet = ordersOf(lane, rained.id);
  await lane.points('bea', 1000);
  const lost = await wet.order(bea, rained.seatIds.slice(0, 2));
  await lane.result(wet.pay(bea, lost.id));
  const entry = { ticketId: lost.bookings[0]?.id, scheduleId: rained.id, gate: 'North 2' };
  await lane.result(lane.command('check-in', { subject: 'the gate', input: entry }));
  await cancelSchedule(lane, rained.id);
  await new EnqueuedCommands(lane).endAll();
  const { concertId: drawn } = await lane.schedule();
  await gathering(lane, drawn);
  const enter = (subject: string) => lane.command('enter-queue', { subject });
  await lane.run(...['emma', 'finn', 'gus'].map(enter));
  await comeDue(lane);
  await lane.rows(`update queue_entry set accepted_at = now() from app_user
    where user_id = app_user.id and subject = 'gus'`);
  await holdDraws(lane);
  client = new Client(lane.config.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await lane.stop();
});

const held = `(select min(id) from app_order where state = 'held')`;
const other = `(select max(id) from app_order where state = 'held')`;
const paid = `(select min(id) from app_order where state = 'paid')`;
const partly = `(select min(id) from app_order where state = 'partly-refunded')`;
const refunded = `(select min(id) from app_order where state = 'refunded')`;
const ofOrder = 'The bookings of an order are live, or have ended';
const isHeldOrSold = 'A live place of an area is kept';
const total = 'The total of an order';
const money = 'A paid order has one payment';
const inOneOrder = 'Every booking is in one order';
const ofArea = 'An area counts its held and sold';
const effect = 'Every command that succeeded has its effect';
const order = 'The order of a draw';
const behind = 'Behind the drawn entries';
const inTheLog = 'Every command of an operator';
const isKeptUntil = 'A seat or a place of an area is kept';
const countsPlaces = 'A performance counts its places';
const wasAdmitted = 'Whoever placed an order';
const entered = 'Who has entered had a place';
const isKept = 'A scan that is kept as refused';
const isTrue = 'A refused scan says what is true';
const isRefunded = 'Every paid order of a finished cancellation';
const isCancelled = 'A performance is cancelled exactly if';
const lostOrder = `(select max(id) from app_order where schedule_id = (select schedule_id from cancellation))`;
const inLine = 'No user in the line of a queue is noted';
const gone = 'Every number of a queue';

/** What is written, by the beginning of the promise that it breaks. */
const VIOLATIONS: [promise: string, violation: string][] = [
  ['A balance is the sum', `update points set balance = balance + 1`],
  ['Each line of the history', `update point_history set balance = balance + 1`],
  ['Every order and every line', `update app_order set user_id = 0`],
  ['Every order and every line', `update point_history set user_id = 0`],
  [
    'No seat has two live bookings',
    `update booking set seat_id = (select min(seat_id) from booking) where seat_id is not null`,
  ],
  ['A seat is sold if', `update seat set state = 'available' where state = 'sold'`],
  ['A booking names the schedule', `update booking set concert_id = 0`],
  ['A booking names the schedule', `update booking set area_id = 999999 where area_id is not null`],
  ['A booking names the schedule', `update booking set price = 1 where area_id is not null`],
  [ofArea, `update area set held = held - 1`],
  [ofArea, `update area set sold = sold + 1`],
  [ofArea, `update area set capacity = 3`],
  [ofArea, `update booking set ended_as = 'expired', ended_at = now() where area_id is not null`],
  [isKeptUntil, `update booking set area_held_until = now()`],
  [isKeptUntil, `update seat set held_until = now() where state = 'held'`],
  [countsPlaces, `update schedule set seat_count = seat_count + 1`],
  [countsPlaces, `update schedule set price_to = price_to + 1`],
  [countsPlaces, `update schedule set price_from = null, price_to = null`],
  [countsPlaces, `delete from seat where state = 'available'`],
  [countsPlaces, `update area set price = price - 1`],
  [isHeldOrSold, `update booking set area_held_until = null where order_id = ${other}`],
  [isHeldOrSold, `update booking set area_held_until = hold_expires_at where area_id is not null`],
  [
    'A place of an area runs out together',
    `update booking set area_held_until = area_held_until + interval '1 hour'
     where id = (select max(id) from booking where area_held_until is not null)`,
  ],
  [effect, `update booking set area_id = 999999 where area_id is not null`],
  [effect, `update booking set seat_id = (select max(id) from seat) where seat_id is not null`],
  ['No user exceeded the limit', `update booking set seat_limit = 1`],
  [inOneOrder, `update booking set order_id = 0 where order_id = ${held}`],
  [inOneOrder, `update booking set user_id = (select max(id) from app_user)`],
  [inOneOrder, `update booking set schedule_id = 0`],
  [inOneOrder, `update booking set hold_expires_at = hold_expires_at + interval '1 ms'`],
  [inOneOrder, `update booking set created_at = created_at + interval '1 ms'`],
  [ofOrder, `update booking set ended_as = 'cancelled', ended_at = now() where order_id = ${held}`],
  [ofOrder, `update app_order set state = 'expired', ended_at = now() where id = ${held}`],
  [ofOrder, `update booking set ended_as = null where order_id = ${partly}`],
  [
    ofOrder,
    `update booking set ended_as = 'expired' where order_id = ${partly} and ended_as is null`,
  ],
  [ofOrder, `update app_order set state = 'paid' where id = ${partly}`],
  [ofOrder, `update app_order set state = 'partly-refunded' where id = ${paid}`],
  [ofOrder, `update app_order set state = 'cancelled', paid_at = null where id = ${refunded}`],
  [ofOrder, `update app_order set state = 'refunded' where state = 'cancelled'`],
  [ofOrder, `update booking set order_id = ${other} where order_id = ${held}`],
  [total, `update app_order set total = total + 1 where state = 'held'`],
  [total, `update app_order set total = total - 100 where state = 'partly-refunded'`],
  [money, `delete from payment where kind = 'payment'`],
  [money, `delete from payment where kind = 'refund'`],
  [money, `update payment set price = price + 1 where kind = 'payment'`],
  [money, `update payment set price = price - 1 where kind = 'refund'`],
  [money, `update payment set order_id = ${held} where order_id = ${paid}`],
  ['A payment moved points', `update payment set balance = balance + 1`],
  ['A payment moved points', `update payment set user_id = (select max(id) from app_user)`],
  [
    'A payment moved points',
    `update payment set booking_id = (select min(id) from booking)
     where booking_id = (select max(booking_id) from payment)`,
  ],
  [
    'A payment moved points',
    `update payment set booking_id = 999999
     where booking_id = (select max(booking_id) from payment)`,
  ],
  ['A payment moved points', `update payment set order_id = order_id + 1000`],
  ['A payment moved points', `delete from payment where kind = 'refund'`],
  ['Every effect has the receipt', `delete from command_receipt where command = 'place-order'`],
  ['Every effect has the receipt', `delete from command_receipt where command = 'create-queue'`],
  [effect, `delete from check_in`],
  [effect, `update check_in set gate = 'South 1'`],
  ['Every effect has the receipt', `update check_in set job_id = 'seat-0_unknown'`],
  [entered, `update check_in set schedule_id = 0`],
  [entered, `update check_in set user_id = 0`],
  [
    entered,
    `update check_in set booking_id = (select min(id) from booking where order_id = ${held})
     where booking_id = (select max(booking_id) from check_in)`,
  ],
  [
    entered,
    `update booking set ended_as = 'cancelled' where id in (select booking_id from check_in)`,
  ],
  [
    entered,
    `update booking set ended_as = 'refunded', ended_at = now() - interval '1 hour'
     where id in (select booking_id from check_in)`,
  ],
  [
    entered,
    `update schedule set cancelled_at = now() - interval '1 hour', cancel_reason = 'Ill'
     where id in (select schedule_id from check_in)`,
  ],
  [isKept, `update refused_scan set job_id = 'seat-0_unknown' where id = 1`],
  [isKept, `update refused_scan set user_id = 1`],
  [isKept, `update refused_scan set at = at + interval '1 s'`],
  [isKept, `update refused_scan set reason = 'TICKET_REVOKED' where used_at is null`],
  [isKept, `update refused_scan set used_gate = 'South 1' where used_at is not null`],
  [isKept, `update command_receipt set state = 'succeeded' where command = 'check-in'`],
  [
    isKept,
    `update check_in set job_id = refused_scan.job_id from refused_scan where booking_id = ticket_id`,
  ],
  [
    isKept,
    `update refused_scan set at = refused_scan.at - interval '60 days', job_id = check_in.job_id from check_in
     where booking_id = ticket_id`,
  ],
  [isTrue, `update refused_scan set reason = 'TICKET_INVALID'`],
  [isTrue, `update check_in set gate = 'East 1'`],
  [isTrue, `delete from check_in`],
  [isTrue, `update refused_scan set ticket_id = ${UNKNOWN} where used_at is not null`],
  [isTrue, `update refused_scan set schedule_id = ${UNKNOWN} where used_at is not null`],
  [
    isTrue,
    `update refused_scan set schedule_id = (select min(schedule_id) from booking)
     where reason = 'TICKET_WRONG_SCHEDULE'`,
  ],
  [
    isTrue,
    `update refused_scan set at = at + interval '1 hour', ticket_id = (
       select min(booking.id) from booking join app_order on app_order.id = order_id
       where app_order.state = 'paid' and ended_as is null)
     where reason = 'TICKET_REVOKED'`,
  ],
  [
    'A line of the operators’ log that is about an order',
    `update operator_log set order_id = order_id + 1 where order_id is not null`,
  ],
  [
    'A line of the operators’ log that is about an order',
    `update operator_log set order_id = null where order_id is not null`,
  ],
  [
    'A place whose ticket was used',
    `update operator_log set job_id = 'user-0_unknown'
     where id = (select min(id) from operator_log where command = 'cancel-order-as-operator')`,
  ],
  [
    'A place whose ticket was used',
    `insert into check_in (booking_id, schedule_id, gate, user_id, job_id, at)
     select booking_id, schedule_id, 'North 2', booking.user_id, 'seat-0_bug', now()
     from payment join booking on booking.id = booking_id
     where kind = 'refund' and payment.order_id in (
       select payment.order_id from payment join operator_log on operator_log.job_id = payment.job_id)`,
  ],
  [
    'A place whose ticket was used',
    `update schedule set cancelled_at = null, cancel_reason = null`,
  ],
  [inTheLog, `delete from operator_log where command = 'create-queue'`],
  [inTheLog, `update operator_log set user_id = (select max(id) from app_user)`],
  [inTheLog, `update operator_log set after = '{}'`],
  [
    effect,
    `update payment set job_id = 'user-0_other' where kind = 'refund'
       and job_id in (select job_id from operator_log)`,
  ],
  [effect, `update booking set job_id = 'x' where order_id = ${held}`],
  [effect, `update payment set kind = 'refund' where order_id = ${paid}`],
  [effect, `update app_order set state = 'expired' where state = 'cancelled'`],
  [
    'An active queue entry lasts',
    `update queue_entry set expires_at = now() where state = 'active'`,
  ],
  ['A user has at most one open', `update queue_entry set user_id = 1`],
  ['An order names the queue', `update app_order set queue_id = 2`],
  [wasAdmitted, `delete from queue_entry where state = 'active'`],
  [wasAdmitted, `update queue_entry set admitted_at = null`],
  [wasAdmitted, `update queue_entry set admitted_at = admitted_at + interval '1 hour'`],
  [wasAdmitted, `update app_order set entry_id = ${UNKNOWN} where id = ${held}`],
  ['No two entries', `update queue_entry set number = 1`],
  [
    'No ended queue entry',
    `update queue_entry set admitted_at = entered_at - interval '1 s' where state = 'active'`,
  ],
  ['Each queue counts', `update queue_numbering set added = added + 1`],
  ['Each queue counts', `update queue_numbering set last_number = 0`],
  ['Each queue counts', `update queue_entry set queue_id = 2`],
  ['Each queue counts', `delete from queue_numbering where queue_id = 2`],
  ['No number of a queue', `update queue_numbering set last_number = 1 where queue_id = 2`],
  ['No number of a queue', `update draw set queue_id = 2, reserved = 9`],
  [
    'Draws of a queue that are not held',
    `insert into draw (concert_id, queue_id, seed, seed_hash, gathers_at, opens_at, created_at)
    select id, 2, '', '', now(), now() + interval '1 hour', now() from concert`,
  ],
  ['A draw has kept', `delete from draw_place where number = (select min(number) from draw_place)`],
  ['A draw has kept', `update draw_place set number = number + 1`],
  ['A draw has kept', `update draw_place set draw_id = 999`],
  [order, `update draw set seed_hash = ''`],
  [order, `update draw set tickets_hash = ''`],
  [order, `update draw_place set ticket = ticket + 1`],
  [
    order,
    `update draw_place set number = (select min(number) + max(number) from draw_place) - number`,
  ],
  [
    'An entry that was drawn',
    `update queue_entry set number = number + 1 where draw_id is not null`,
  ],
  ['An entry that was drawn', `delete from draw_place`],
  [behind, `update queue_entry set draw_id = null where draw_id is not null`],
  [
    behind,
    `update queue_entry set accepted_at = now() - interval '1 hour' where number > 1 and draw_id is null
    and number = (select max(number) from queue_entry)`,
  ],
  [behind, `update queue_entry set number = ticket where draw_id is null and ticket is not null`],
  ['The id of a queue entry', `update queue_entry set id = id + 1000`],
  ['The id of a queue entry', `update queue_entry set ticket = 1`],
  ['The id of a queue entry', `update queue_entry set queue_id = 2`],
  [effect, `update concert set queue_id = 1`],
  [effect, `delete from draw`],
  [inLine, `update queue_block set gone = ~0::bit(1024)`],
  [inLine, `update queue_entry set skipped_at = null, state = 'waiting'`],
  [gone, `update queue_entry set skipped_at = now() where state = 'waiting'`],
  [gone, `delete from queue_block`],
  [gone, `update queue_block set gone = 0::bit(1024)`],
  ['No number is noted as gone', `update queue_block set gone = set_bit(gone, 1023, 1)`],
  ['No number is noted as gone', `update queue_block set block = 7`],
  ['No user in the line of a queue is before', `update waiting_queue set line_from = 100`],
  [effect, `update schedule set cancelled_at = null, cancel_reason = null`],
  [effect, `update app_order set state = 'paid' where id = ${lostOrder}`],
  [isCancelled, `delete from cancellation`],
  [isCancelled, `update schedule set cancelled_at = null, cancel_reason = null`],
  ['No order of a finished', `update app_order set state = 'paid' where id = ${lostOrder}`],
  [isRefunded, `update app_order set state = 'paid' where id = ${lostOrder}`],
  [isRefunded, `delete from payment where kind = 'refund' and order_id = ${lostOrder}`],
  [
    isRefunded,
    `update payment set price = price - 1 where order_id = ${lostOrder} and kind = 'refund'`,
  ],
  ['No block of a line', `update queue_block set version = version + 1`],
];

/** The unique indexes and constraints that prevent some of them. */
const LOOSENED = [
  'drop index booking_one_live_per_seat, queue_entry_one_waiting_per_number',
  'drop index queue_entry_one_open_per_user_and_queue',
  'alter table booking drop constraint booking_ended_has_time',
  'alter table app_order drop constraint app_order_ended_has_time',
  'alter table app_order drop constraint app_order_paid_has_time',
  'alter table seat drop constraint seat_held_has_end',
  'alter table booking drop constraint booking_area_hold_has_end',
  'alter table area drop constraint area_within_capacity',
  'alter table queue_entry drop constraint queue_entry_times_follow_state',
  'alter table draw_place drop constraint draw_place_pkey',
  'alter table draw_place drop constraint draw_place_one_per_ticket',
];

const wrongIn = async (wrong: string) => (await client.query(wrong)).rowCount ?? 0;

test('nothing is wrong before', async () => {
  for (const { promise, wrong } of checks) expect(await wrongIn(wrong), promise).toBe(0);
});

test.each(VIOLATIONS)('%s … is found broken by: %s', async (promise, violation) => {
  const check = checks.find((each) => each.promise.startsWith(promise));
  const found = () => wrongIn(check?.wrong ?? '');
  const broken = { violation, loosening: LOOSENED };
  expect(await afterViolation(client, broken, found)).toBeGreaterThan(0);
});

test('every promise is broken above', () => {
  const broken = (promise: string) => VIOLATIONS.some(([start]) => promise.startsWith(start));
  const untried = checks.filter(({ promise }) => !broken(promise)).map(({ promise }) => promise);
  expect(untried).toEqual([]);
});
