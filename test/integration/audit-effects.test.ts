/** The audit finds a command whose effect is gone: each effect is undone with SQL, and restored afterwards. */
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../scripts/audit/checks.ts';
import { effectChecks } from '../../scripts/audit/effect-checks.ts';
import type { CommandName } from '../../src/commands/index.ts';
import { afterViolation } from '../support/audit/after-violation.ts';
import { cardRefundsOf } from '../support/money/card-refunds.ts';
import { checkoutsOf } from '../support/money/checkouts.ts';
import { ordersOf } from '../support/orders.ts';
import { cancelSchedule, EnqueuedCommands } from '../support/services/cancellations.ts';
import { openTestLane, type TestLane } from '../support/services/test-lane.ts';

let lane: TestLane;
let client: Client;

beforeAll(async () => {
  lane = await openTestLane();
  const operate = (name: CommandName, input: object) =>
    lane.result<{ id: number }>(lane.command(name, { subject: 'operator', input }));
  const { id: scheduleId, seatIds, concertId, startAt } = await lane.schedule();
  const orders = ordersOf(lane, scheduleId);
  const cards = cardRefundsOf(lane);
  const checkouts = checkoutsOf(lane);

  const webhook = { url: 'https://shop.example/outcomes', commands: ['pay-order'], events: [] };
  await operate('register-webhook', webhook);
  const { id: webhookId } = await operate('register-webhook', { ...webhook, commands: null });
  await operate('remove-webhook', { webhookId });

  const [blocked = 0, released = 0] = seatIds.slice(20);
  await operate('block-seats', { seatIds: [blocked, released], reason: 'Camera' });
  await operate('release-seats', { seatIds: [released] });
  await operate('edit-concert', { concertId, title: 'The Gala', venue: 'Opera House' });
  await operate('set-concert-image', { concertId, type: 'image/png', data: 'aGFsbA==' });
  await operate('close-concert', { concertId, reason: 'A fault' });
  await operate('reopen-concert', { concertId });
  await operate('edit-schedule', { scheduleId, bookingEndAt: startAt });
  await operate('close-schedule', { scheduleId, reason: 'A fault' });
  await operate('reopen-schedule', { scheduleId });
  await operate('set-admission', { maxActive: 400, admitWindowSeconds: 20 });
  await operate('set-admission', { maxActive: 500 });

  const ada = await lane.buyer('ada');
  await lane.result(
    lane.command('book-seats', { ...ada, input: { seatIds: seatIds.slice(0, 2) } }),
  );
  const bea = await lane.buyer('bea');
  const refunded = await orders.order(bea, seatIds.slice(2, 4));
  const paid = await cards.pay(bea, refunded.id);
  await lane.result(orders.cancel('bea', refunded.id));
  const [refund] = await cards.refunds(paid.id);
  if (!refund) throw new Error('The checkout has no refund.');
  await lane.result(cards.answer('bea', refund));
  const again = await lane.buyer('bea');
  const order = await orders.order(again, seatIds.slice(4, 6));
  const over = await cards.open(again, order.id);
  await lane.result(checkouts.settle(over, { outcome: 'expired', amount: undefined }));

  await lane.result(lane.command('enter-queue', { subject: 'eli' }));
  await lane.result(lane.command('leave-queue', { subject: 'eli' }));

  const rained = await lane.schedule();
  await cancelSchedule(lane, rained.id);
  await new EnqueuedCommands(lane).endAll();
  await operate('retry-cancellation', { scheduleId: rained.id });
  client = new Client(lane.config.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await lane.stop();
});

const ofEli = `user_id = (select id from app_user where subject = 'eli')`;

/** Statements that undo the effect of a command. */
const VIOLATIONS: [command: CommandName, violation: string][] = [
  ['book-seats', `update booking set job_id = 'seat-0_other'`],
  ['book-seats', `update booking set user_id = 0`],
  ['book-seats', `delete from booking where id = (select min(id) from booking)`],
  ['checkout-opened', `update checkout set state = 'opening'`],
  ['checkout-opened', `update checkout set redirect_url = 'https://other.example/'`],
  ['checkout-opened', `update checkout set redirect_url = null`],
  ['checkout-opened', `update checkout set user_id = 0`],
  ['enter-queue', `delete from queue_entry where ${ofEli}`],
  ['enter-queue', `update queue_entry set user_id = 0 where ${ofEli}`],
  ['enter-queue', `update queue_entry set queue_id = 2 where ${ofEli}`],
  ['enter-queue', `update queue_entry set number = 1 where ${ofEli}`],
  ['enter-queue', `update queue_entry set ticket = number + 1, number = number + 2 where ${ofEli}`],
  ['leave-queue', `delete from queue_entry where ${ofEli}`],
  ['leave-queue', `update queue_entry set user_id = 0 where ${ofEli}`],
  ['leave-queue', `update queue_entry set end_reason = 'expired' where ${ofEli}`],
  ['refund-ended', `delete from card_refund`],
  ['refund-ended', `update card_refund set state = 'pending', ended_at = null`],
  ['refund-ended', `update card_refund set amount = amount + 1`],
  ['refund-ended', `update card_refund set attempt = 0, state = 'credited'`],
  ['register-webhook', `delete from webhook where removed_at is null`],
  ['register-webhook', `update webhook set url = 'https://other.example/'`],
  ['register-webhook', `update webhook set commands = null`],
  ['register-webhook', `update webhook set commands = '["use-points"]' where commands is null`],
  ['remove-webhook', `update webhook set removed_at = null`],
  ['retry-cancellation', `update cancellation set pass = 1`],
  ['settle-checkout', `update checkout set state = 'open', look_at = now() where captured = 0`],
  ['settle-checkout', `update checkout set user_id = 0 where captured = 0`],
  ['settle-checkout', `update command_receipt set result = '{"order": {}}'`],
  // A result that says nothing proves nothing.
  ['place-order', `update command_receipt set result = null`],
];

const foundBy = async (start: string) => {
  const check = checks.find(({ promise }) => promise.startsWith(start));
  const { rows } = await client.query<{ wrong: string }>(
    `select wrong from (${check?.wrong}) as finding(wrong)`,
  );
  return rows.map(({ wrong }) => wrong);
};

/** The constraints that prevent some violations. */
const LOOSENED = [
  'alter table checkout drop constraint checkout_captured_is_settled',
  'alter table checkout drop constraint checkout_live_is_looked_at',
  'drop index checkout_one_open_per_order',
];

/** What a check finds after a violation, which is taken back. */
const foundAfter = (violation: string, start: string): Promise<string[]> =>
  afterViolation(client, { violation, loosening: LOOSENED }, () => foundBy(start));

test('nothing is wrong before', async () => {
  for (const { promise } of checks) expect(await foundBy(promise), promise).toEqual([]);
});

test('each check has something to check', async () => {
  for (const { promise, counted } of effectChecks) {
    const { rows } = await client.query(`select (${counted})::int as count`);
    expect(rows[0].count, promise).toBeGreaterThan(0);
  }
});

test.each(VIOLATIONS)('%s is found without its effect after: %s', async (command, violation) => {
  const found = await foundAfter(violation, 'Every command that succeeded has its effect');
  expect(found).toContainEqual(
    expect.stringMatching(new RegExp(`^${command} \\S+ has no effect$`)),
  );
});

test('a queue entry that may have been deleted since is not missed', async () => {
  const past = `with old as (update command_receipt set accepted_at = now() - interval '7 days')
    delete from queue_entry where ${ofEli}`;
  expect(await foundAfter(past, 'Every command that succeeded has its effect')).toEqual([]);
});

/** Statements that change what an operator's command has left, and what is then found. */
const OVERWRITTEN: [thing: RegExp, violation: string][] = [
  [/^concert /, `update concert set title = 'Another' where image_hash is not null`],
  [/^concert /, `update concert set description = 'A night' where image_hash is not null`],
  [/^concert /, `update concert set venue = null where image_hash is not null`],
  [/^concert /, `update concert set time_zone = 'Asia/Seoul' where image_hash is not null`],
  [/^concert /, `update concert set image_hash = 'x' where image_hash is not null`],
  [/^concert /, `update concert set closed_at = now(), close_reason = 'A fault'`],
  [/^concert /, `delete from concert where image_hash is not null`],
  [/^schedule /, `update schedule set booking_start_at = booking_start_at - interval '1 s'`],
  [/^schedule /, `update schedule set end_at = end_at + interval '1 s'`],
  [/^schedule /, `update schedule set closed_at = now(), close_reason = 'A fault'`],
  [/^schedule /, `delete from schedule`],
  [/^the admission of queue 1 /, `update waiting_queue set is_paused = true`],
  [/^the admission of queue 1 /, `update waiting_queue set max_active = 400`],
  [/^the admission of queue 1 /, `update waiting_queue set admit_limit = 1`],
  [/^the admission of queue 1 /, `update waiting_queue set admit_window_ms = null`],
  [
    /^seat \d+ is blocked: -; /,
    `update seat set blocked_reason = null where blocked_reason is not null`,
  ],
  [
    /^seat \d+ is blocked: Camera; .* -$/,
    `update seat set blocked_reason = 'Camera' where state = 'available'`,
  ],
  [/^seat /, `delete from seat`],
];

test.each(OVERWRITTEN)(
  '%s is found not to be as it was left after: %s',
  async (thing, violation) => {
    const found = await foundAfter(violation, 'A concert, performance, queue or seat');
    expect(found).toContainEqual(expect.stringMatching(thing));
  },
);

test('the receipt of an operator’s command that says nothing is found', async () => {
  const found = await foundAfter(
    `update command_receipt set result = null where command = 'set-admission'`,
    'Every command of an operator',
  );
  expect(found).toHaveLength(2);
});
