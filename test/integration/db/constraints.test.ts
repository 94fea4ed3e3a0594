/**
 * Each constraint of the schema refuses, by its name, what no code may write. The rows that are
 * tried on are those of a booking that was paid, one that is held, and points bought by card.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pack } from '../../../src/commands/halls/packed-plan.ts';
import { SMALL_PLAN, SMALL_PRICES } from '../../support/halls/hall-plans.ts';
import { checkoutsOf } from '../../support/money/checkouts.ts';
import { openTestLane, type TestLane } from '../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane();
  const standing = { name: 'Standing', capacity: 10, price: 100 };
  const { id: scheduleId, seatIds, areaIds } = await lane.schedule({ areas: [standing] });
  const ada = await lane.buyer('ada');
  await lane.points('ada', 100);
  const { id: bookingId } = await lane.hold(ada, seatIds[0] as number);
  await lane.result(lane.command('pay-booking', { ...ada, input: { bookingId } }));
  const scan = { ticketId: bookingId, scheduleId, gate: 'North 2' };
  await lane.result(lane.command('check-in', { subject: 'the gate', input: scan }));
  const bea = await lane.buyer('bea');
  await lane.hold(bea, seatIds[1] as number);
  const areas = [{ areaId: areaIds[0], quantity: 1 }];
  await lane.result(lane.command('place-order', { ...bea, input: { scheduleId, areas } }));
  await lane.result(lane.command('enter-queue', { subject: 'cleo' }));
  const plan = pack(SMALL_PLAN);
  await lane.result(
    lane.command('create-hall', { subject: 'operator', input: { name: 'Opera House', plan } }),
  );
  const hall = { hallId: 1, version: 1, prices: SMALL_PRICES };
  await lane.schedule({ seats: undefined, hall });
  const { topUp, known, settle } = checkoutsOf(lane);
  const paid = await known(await lane.result(topUp('ada', 100)));
  await lane.result(settle(paid, { ref: 'chk_paid' }));
  await lane.result(topUp('ada', 100));
});
afterAll(() => lane.stop());

/** Columns of a table but its generated id, to copy a row with. */
const BOOKING = `order_id, user_id, concert_id, schedule_id, seat_id, price, ended_as, hold_expires_at,
  created_at, ended_at, job_id`;
const PAYMENT = `order_id, booking_id, user_id, price, kind, balance, job_id, created_at`;
const LOG = `user_id, command, job_id, after, created_at`;
const HISTORY = `user_id, kind, amount, balance, job_id, created_at`;
const ENTRY = `user_id, state, entered_at, admitted_at, expires_at, ended_at, end_reason, job_id`;
const CALL = `kind, checkout_id, refund_id, next_at, created_at`;
const CHECKOUT = `user_id, order_id, provider, amount, currency, state, return_url, expires_at, look_at, created_at, job_id`;
const CHECKOUT_OF_ORDER = CHECKOUT.replace('order_id', '(select min(id) from app_order)');
const CAPTURE = `captured, settled_job_id, settled_at`;
const REFUND = `checkout_id, payment_id, amount, state, job_id, created_at`;
const SCAN = `schedule_id, ticket_id, gate, user_id, job_id, reason, scanned_at, at`;
const IMAGE = `concert_id, hash, type, bytes`;
const VERSION = `hall_id, version, plan, seat_count, job_id, created_at`;
const DRAW = `queue_id, concert_id, seed, seed_hash, gathers_at, opens_at, created_at`;

const VIOLATIONS: Record<string, string> = {
  area_capacity_in_range: `update area set capacity = 1000001`,
  area_name_once: `insert into area (schedule_id, name, price, capacity)
    select schedule_id, name, price, capacity from area`,
  area_price_not_negative: `update area set price = -1`,
  area_schedule_fk: `update area set schedule_id = 999999`,
  area_within_capacity: `update area set held = 11`,
  app_order_ended_has_time: `update app_order set ended_at = now() where state = 'held'`,
  app_order_paid_has_time: `update app_order set paid_at = now() where state = 'held'`,
  app_order_state_check: `update app_order set state = 'sold', ended_at = now() where state = 'held'`,
  app_order_total_not_negative: `update app_order set total = -1`,
  booking_fits_order: `update app_order set state = 'expired', ended_at = now() where state = 'held'`,
  app_user_one_per_subject: `insert into app_user (subject) values ('ada')`,
  booking_area_hold_has_end: `update booking set ended_as = 'refunded', ended_at = now() where area_id is not null`,
  booking_ended_as_check: `update booking set ended_as = 'sold', ended_at = now()`,
  booking_ended_has_time: `update booking set ended_at = now()`,
  booking_of_one_place: `update booking set seat_id = (select max(id) from seat) where area_id is not null`,
  booking_one_live_per_seat: `insert into booking (${BOOKING}) select ${BOOKING} from booking`,
  booking_seat_fk: `update booking set seat_id = 999999 where id = (select max(id) from booking where seat_id is not null)`,
  card_refund_amount_positive: `insert into card_refund (${REFUND})
    select id, null, 0, 'pending', 'job', now() from checkout`,
  card_refund_checkout_fk: `insert into card_refund (${REFUND}) values (999999, null, 1, 'pending', 'job', now())`,
  card_refund_ended_has_time: `insert into card_refund (${REFUND})
    select id, null, 1, 'done', 'job', now() from checkout`,
  card_refund_one_per_job_and_checkout: `insert into card_refund (${REFUND})
    select id, null, 1, 'pending', 'job', now() from checkout, generate_series(1, 2)`,
  card_refund_one_per_payment: `insert into card_refund (${REFUND})
    select id, 7, 1, 'pending', 'job', now() from checkout`,
  card_refund_state_check: `insert into card_refund (${REFUND})
    select id, null, 1, 'lost', 'job', now() from checkout`,
  check_in_booking_fk: `update check_in set booking_id = 999999`,
  check_in_pkey: `insert into check_in select * from check_in`,
  checkout_amount_positive: `update checkout set amount = 0`,
  checkout_captured_is_settled: `update checkout set settled_at = null where captured > 0`,
  checkout_live_is_looked_at: `update checkout set look_at = null where state = 'opening'`,
  checkout_one_open_per_order: `insert into checkout (${CHECKOUT})
    select ${CHECKOUT_OF_ORDER} from checkout, generate_series(1, 2) where state = 'opening'`,
  checkout_one_payer_per_order: `insert into checkout (${CHECKOUT}, ${CAPTURE}, paid_at)
    select ${CHECKOUT_OF_ORDER}, ${CAPTURE}, now() from checkout, generate_series(1, 2) where captured > 0`,
  checkout_one_per_provider_ref: `update checkout set provider_ref = 'chk_1'`,
  checkout_order_fk: `update checkout set order_id = 999999`,
  checkout_payer_has_order: `update checkout set paid_at = now() where captured > 0`,
  checkout_refunds_fit_capture: `update checkout set refunded = captured + 1`,
  checkout_state_check: `update checkout set state = 'lost', look_at = null where state = 'opening'`,
  checkout_user_fk: `update checkout set user_id = 999999`,
  cancellation_failure_pkey: `insert into cancellation_failure (order_id, schedule_id, pass, failed_at)
    select id, schedule_id, 1, now() from app_order, generate_series(1, 2)`,
  cancellation_pass_positive: `insert into cancellation (schedule_id, pass, created_at)
    select id, 0, now() from schedule`,
  cancellation_pkey: `insert into cancellation (schedule_id, created_at)
    select id, now() from schedule, generate_series(1, 2)`,
  cancellation_schedule_fk: `insert into cancellation (schedule_id, created_at) values (999999, now())`,
  command_receipt_pkey: `insert into command_receipt select * from command_receipt`,
  command_receipt_state_check: `update command_receipt set state = 'queued'`,
  command_receipt_user_fk: `update command_receipt set user_id = 999999`,
  concert_closed_has_reason: `update concert set closed_at = now()`,
  concert_image_concert_fk: `insert into concert_image (${IMAGE}) values (999999, '', 'image/png', '0')`,
  concert_image_pkey: `insert into concert_image (${IMAGE})
    select id, '', 'image/png', '0' from concert, generate_series(1, 2)`,
  concert_image_small: `insert into concert_image (${IMAGE}) select id, '', 'image/png', '' from concert`,
  concert_image_type_known: `insert into concert_image (${IMAGE})
    select id, '', 'image/svg+xml', '0' from concert`,
  concert_queue_fk: `update concert set queue_id = 9999`,
  draw_cancelled_is_not_closed: `insert into draw (${DRAW}, cancelled_at, closed_at, reserved)
    select 1, id, '', '', now(), now(), now(), now(), now(), 0 from concert`,
  draw_closed_has_reserved: `insert into draw (${DRAW}, closed_at)
    select 1, id, '', '', now(), now(), now(), now() from concert`,
  draw_concert_fk: `insert into draw (${DRAW}) values (1, 999999, '', '', now(), now(), now())`,
  draw_fits_reserved: `insert into draw (${DRAW}, closed_at, reserved, first_number, given_number)
    select 1, id, '', '', now(), now(), now(), now(), 2, 11, 13 from concert`,
  draw_gathers_before_it_opens: `insert into draw (${DRAW})
    select 1, id, '', '', now(), now() - interval '1 hour', now() from concert`,
  draw_one_per_concert_and_queue: `insert into draw (${DRAW})
    select 1, concert.id, '', '', now(), now(), now() from concert, generate_series(1, 2)`,
  draw_place_number_above_ticket: `insert into draw_place (draw_id, number, ticket) values (1, 7, 7)`,
  draw_place_one_per_ticket: `insert into draw_place (draw_id, number, ticket) values (1, 7, 5), (1, 8, 5)`,
  draw_place_pkey: `insert into draw_place (draw_id, number, ticket) values (1, 7, 5), (1, 7, 6)`,
  draw_queue_fk: `insert into draw (${DRAW})
    select 9999, id, '', '', now(), now(), now() from concert`,
  hall_newest_positive: `update hall set version = 0`,
  hall_version_hall_fk: `insert into hall_version (${VERSION}) values (999999, 1, '{}', 0, 'job', now())`,
  hall_version_pkey: `insert into hall_version select * from hall_version`,
  hall_version_positive: `insert into hall_version (${VERSION})
    select id, 0, '{}', 0, 'job', now() from hall`,
  hall_version_seats_in_range: `insert into hall_version (${VERSION})
    select id, 2, '{}', 50001, 'job', now() from hall`,
  lane_pkey: `insert into lane select * from lane`,
  operator_log_one_per_job: `insert into operator_log (${LOG}) select ${LOG} from operator_log`,
  operator_log_user_fk: `update operator_log set user_id = 999999`,
  outbox_call_kind_check: `insert into outbox_call (${CALL}) values ('gift', 1, 0, now(), now())`,
  outbox_one_call_per_purpose: `insert into outbox_call (${CALL})
    select 'look', 1, 0, now(), now() from generate_series(1, 2)`,
  outbox_refund_names_refund: `insert into outbox_call (${CALL}) values ('refund', 1, 0, now(), now())`,
  payment_kind_check: `update payment set kind = 'gift'`,
  payment_one_per_order: `insert into payment (${PAYMENT}) select ${PAYMENT} from payment`,
  payment_one_refund_per_booking: `insert into payment (${PAYMENT})
    select ${PAYMENT.replace('kind', `'refund'`)} from payment, generate_series(1, 2)`,
  payment_one_whole_refund_per_order: `insert into payment (${PAYMENT})
    select ${PAYMENT.replace('kind', `'refund'`).replace('booking_id', 'null')}
    from payment, generate_series(1, 2)`,
  payment_order_fk: `update payment set order_id = 999999`,
  point_history_amount_not_negative: `update point_history set amount = -1`,
  point_history_balance_not_negative: `update point_history set balance = -1`,
  point_history_kind_check: `update point_history set kind = 'gift'`,
  point_history_one_per_job_and_kind: `insert into point_history (${HISTORY}) select ${HISTORY} from point_history`,
  points_balance_in_range: `update points set balance = -1`,
  points_pkey: `insert into points select * from points`,
  points_user_fk: `update points set user_id = 999999`,
  presence_watch_one_row: `insert into presence_watch (id) values (2)`,
  presence_watch_pkey: `insert into presence_watch (id) values (1)`,
  queue_block_not_negative: `update queue_block set block = -1`,
  queue_block_pkey: `insert into queue_block select * from queue_block`,
  queue_block_queue_fk: `update queue_block set queue_id = 9999`,
  queue_block_source_check: `update queue_block set source = 'nobody'`,
  queue_numbering_pkey: `insert into queue_numbering (queue_id) values (1)`,
  queue_numbering_queue_fk: `insert into queue_numbering (queue_id) values (9999)`,
  queue_numbering_removes_added: `update queue_numbering set removed = added + 1`,
  queue_entry_active_not_skipped: `update queue_entry set skipped_at = now() where state = 'active'`,
  queue_entry_end_reason_check: `update queue_entry set end_reason = 'bored' where state = 'ended'`,
  queue_entry_has_id: `update queue_entry set id = 0 where state = 'waiting'`,
  queue_entry_one_open_per_user_and_queue: `insert into queue_entry (id, queue_id, number, ${ENTRY})
    select id + 1000, queue_id, number + 1000, ${ENTRY} from queue_entry`,
  queue_entry_one_waiting_per_number: `insert into queue_entry (id, queue_id, number, ${ENTRY})
    select id + 1000, queue_id, number, ${ENTRY.replace('user_id', 'user_id + 1')} from queue_entry
    where state = 'waiting'`,
  queue_entry_pkey: `insert into queue_entry select * from queue_entry`,
  queue_entry_state_check: `update queue_entry set state = 'lost' where state = 'waiting'`,
  queue_entry_times_follow_state: `update queue_entry set state = 'active' where state = 'waiting'`,
  queue_entry_waiting_end_not_admitted: `update queue_entry set end_reason = 'away' where state = 'ended'`,
  queue_entry_user_fk: `update queue_entry set user_id = 999999 where state = 'waiting'`,
  refused_scan_one_per_job: `insert into refused_scan (${SCAN}) select 1, 1, 'North', 1, 'a job', 'X', now(), now()
    from generate_series(1, 2)`,
  refused_scan_use_is_whole: `insert into refused_scan (${SCAN}, used_at)
    values (1, 1, 'North', 1, 'a job', 'X', now(), now(), now())`,
  refused_scan_user_fk: `insert into refused_scan (${SCAN})
    values (1, 1, 'North', 999999, 'a job', 'X', now(), now())`,
  schedule_prices_forward: `update schedule set price_from = price_to + 1`,
  schedule_accessible_has_hall: `update schedule set accessible_until = now() where hall_id is null`,
  schedule_booking_ends_by_start: `update schedule set booking_end_at = start_at + interval '1 ms'`,
  schedule_booking_window_forward: `update schedule set booking_end_at = booking_start_at`,
  schedule_cancelled_has_reason: `update schedule set cancelled_at = now()`,
  schedule_closed_has_reason: `update schedule set closed_at = now()`,
  schedule_concert_fk: `update schedule set concert_id = 999999`,
  schedule_hall_fk: `update schedule set hall_version = 7 where hall_id is not null`,
  schedule_hall_whole: `update schedule set categories = null where hall_id is not null`,
  schedule_times_forward: `update schedule set end_at = start_at`,
  seat_blocked_is_free: `update seat set blocked_reason = 'broken' where state = 'sold'`,
  seat_category_not_negative: `update seat set category = -1`,
  seat_held_has_end: `update seat set held_until = null where state = 'held'`,
  seat_kind_known: `update seat set kind = 3`,
  seat_price_not_negative: `update seat set price = -1`,
  seat_schedule_fk: `update seat set schedule_id = 999999`,
  seat_state_check: `update seat set state = 'broken' where state = 'available'`,
  waiting_queue_over_has_reason: `update waiting_queue set over_since = now()`,
  waiting_queue_over_reason_check: `update waiting_queue set over_since = now(), over_reason = 'bored'`,
  waiting_queue_removed_not_negative: `update waiting_queue set removed = -1`,
};

test.each(Object.entries(VIOLATIONS))('%s refuses what breaks it', async (name, statement) => {
  await expect(lane.rows(statement)).rejects.toThrow(`constraint "${name}"`);
});

test.each([
  `update points set balance = 9007199254740992`,
  `update checkout set captured = -1`,
  `update checkout set refunding = -1`,
  `update checkout set state = 'paid', look_at = null where state = 'opening'`,
  `update checkout set state = 'expired' where captured > 0`,
  `update checkout set look_at = now() where captured > 0`,
  `update area set held = 0, sold = 11`,
  `update area set held = -1`,
  `update area set sold = -1`,
  `update area set capacity = 0, held = 0`,
  `update booking set area_id = null, area_held_until = null where area_id is not null`,
  `update booking set area_held_until = now() where seat_id is not null`,
  `update seat set held_until = now() where state = 'available'`,
  `update queue_entry set ended_at = now() where state = 'waiting'`,
  `update queue_entry set expires_at = null where state = 'active'`,
  `update queue_entry set end_reason = null where state = 'ended'`,
  `update booking set ended_as = 'expired'`,
  `update booking set ended_as = 'held', ended_at = now()`,
  `update booking set ended_as = 'paid', ended_at = now()`,
  `update booking set ended_as = 'cancelled', ended_at = now(), area_held_until = null where area_id is not null`,
  `update booking set order_id = 999999`,
  `update booking set user_id = (select id from app_user where subject = 'cleo')`,
  `insert into outbox_call (${CALL}) values ('open', 1, 2, now(), now())`,
  `update queue_entry set end_reason = 'sold-out' where state = 'ended'`,
  `update queue_entry set end_reason = 'closed' where state = 'ended'`,
  `update waiting_queue set over_reason = 'closed'`,
  `update app_order set user_id = (select id from app_user where subject = 'cleo') where state = 'held'`,
  `update app_order set state = 'refunded', ended_at = now() where state = 'paid'`,
  `insert into booking (${BOOKING})
    select ${BOOKING.replace('order_id', 'order_id + 1000').replace('seat_id', `(select max(id) from seat)`)} from booking limit 1`,
  `update schedule set hall_version = null, accessible_until = null where hall_id is not null`,
  `update schedule set hall_id = null, accessible_until = null where hall_id is not null`,
  `delete from app_order`,
  `delete from seat`,
  `delete from concert`,
  `delete from app_user`,
])('%s is refused too', async (statement) => {
  await expect(lane.rows(statement)).rejects.toThrow(/violates .* constraint "/);
});

test('a version of a hall stays as it was saved', async () => {
  const name = 'constraint "hall_version_never_changes"';
  await expect(lane.rows(`update hall_version set plan = '{}'`)).rejects.toThrow(name);
  await expect(lane.rows(`delete from hall_version`)).rejects.toThrow(name);
  const [kept] = await lane.rows<{ seats: number }>(`select seat_count as seats from hall_version`);
  expect(kept).toEqual({ seats: 12 });
});

test('every constraint of the schema is tested above', async () => {
  // Ids that the database makes itself cannot clash; the primary keys of the others are promises.
  const found = await lane.rows<{ name: string }>(
    `select conname as name from pg_constraint
     where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'u')
     union
     select indexrelid::regclass::text from pg_index join pg_class on pg_class.oid = indexrelid
     where relnamespace = 'public'::regnamespace and indisunique
       and not exists (select 1 from pg_attribute
         where attrelid = indrelid and attnum = any(indkey) and attidentity <> '' and indisprimary)
     order by 1`,
  );
  // Implied by the primary key: it is only there as the target of a foreign key.
  const tried = new Set([...Object.keys(VIOLATIONS), 'app_order_with_user_and_live']);
  const untried = found.map(({ name }) => name).filter((name) => !tried.has(name));
  expect(untried.filter((name) => !name.startsWith('mikro_orm'))).toEqual([]);
});
