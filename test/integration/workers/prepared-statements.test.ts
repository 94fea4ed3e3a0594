/** A worker's connection holds few prepared statements, whatever combinations of commands it has applied. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../scripts/simulate/seeded-random.ts';
import { type CommandName, commands } from '../../../src/commands/index.ts';
import type { CheckoutResource } from '../../../src/commands/schemas/checkouts.ts';
import type { Booking } from '../../../src/commands/schemas/resources.ts';
import { checkDatabase } from '../../../src/db/connection/orm.ts';
import { readLiveWebhooks } from '../../../src/db/reads/webhooks.ts';
import { checkoutKey } from '../../../src/lanes/payment-keys.ts';
import type { FinishedCommand, TakenCommand } from '../../../workers/batch/batch.ts';
import { runTogether } from '../../../workers/batch/run-batch.ts';
import { expireHolds } from '../../../workers/timers/expire-holds.ts';
import { prune } from '../../../workers/timers/prune.ts';
import { admit } from '../../../workers/timers/queue/admit.ts';
import { endWaiting } from '../../../workers/timers/queue/end-waiting.ts';
import { relayEvents } from '../../../workers/timers/relay-events.ts';
import { endHolds } from '../../support/end-holds.ts';
import { inHours } from '../../support/http/client.ts';
import { ordersOf } from '../../support/orders.ts';
import { wholeReads, wholeReadsWhenEmpty } from '../../support/plans.ts';
import { PREPARED_MAX, preparedOn } from '../../support/prepared-statements.ts';
import { holdDraws } from '../../support/services/draws.ts';
import { openTestLane, type TestLane } from '../../support/services/test-lane.ts';

const BATCHES = 400;
const COMMANDS_MAX = 12;

const PAST = `now() - interval '60 days'`;

const UNKNOWN_CHECKOUT = { id: 1, orderId: 1, amount: 1, subject: 'user 0', key: 'none' };

const WHOLE =
  /: (draw|draw_pending_by_queue|waiting_queue|waiting_queue_pkey|queue_numbering_pkey|webhook|webhook_pkey)$|^(admit|end sessions): |^take events: webhook_event_pkey$/;
/**
 * Statements that lock or write areas read the index of a table of one area whole. They are planned anew when autovacuum
 * analyzes the table, after some fifty changes.
 */
const WHOLE_OF_ONE_AREA = /^(end due orders|lock areas|write many: .*): area_pkey$/;

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 20 }, { connectionsMax: 1 });
  // Plans depend on statistics, so nothing but the test analyzes.
  const tables = await lane.rows<{ name: string }>(
    `select format('%I', tablename) as name from pg_tables where schemaname = 'public'`,
  );
  for (const { name } of tables) {
    await lane.rows(`alter table ${name} set (autovacuum_enabled = off)`);
  }
});
afterAll(() => lane.stop());

interface Shop {
  concertId: number;
  /** A concert that gets a queue of its own. */
  otherConcertId: number;
  /** A queue of a further concert. */
  otherQueueId: number;
  scheduleId: number;
  /** A performance of the concert with a queue of its own. */
  otherScheduleId: number;
  cancelledId: number;
  /** Orders of the cancelled performance, held and paid. */
  cancelledOrders: { orderId: number; subject: string }[];
  seatIds: readonly number[];
  areaIds: readonly number[];
  /** The ids of queue entries, by subject. */
  places: Map<string, number>;
  bookings: { id: number; orderId: number; subject: string }[];
  webhookIds: number[];
  checkouts: { id: number; orderId: number | null; amount: number; subject: string; key: string }[];
}

const PLAN = { categories: [{ name: 'Stalls' }], sections: [] };
const RETURN = { returnUrl: 'http://localhost:3000/', provider: 'sandbox' };

/** Places an order for each seat, pays every other one, and begins a checkout of another: batches seldom extend a hold by chance. */
async function ordersIn(schedule: { id: number; seatIds: readonly number[] }) {
  const { order, pay } = ordersOf(lane, schedule.id);
  const made = [];
  for (const [index, seatId] of schedule.seatIds.entries()) {
    const buyer = await lane.buyer(`fan ${index}`);
    const { id: orderId, total } = await order(buyer, [seatId]);
    await lane.points(buyer.subject, total);
    if (index % 2 === 0) await lane.result(pay(buyer, orderId));
    const input = { orderId, ...RETURN };
    if (index === 1) await lane.result(lane.command('start-checkout', { ...buyer, input }));
    made.push({ orderId, subject: buyer.subject });
  }
  return made;
}

async function openShop(): Promise<Shop> {
  const subject = 'operator';
  const events = ['hold-expired', 'entry-expired', 'user-admitted', 'draw-made'];
  const input = { url: 'https://receiver.example', commands: null, events };
  const webhook = await lane.result<{ id: number }>(
    lane.command('register-webhook', { subject, input }),
  );
  // One only: a plan made for so small a table must not read all of a large one.
  const areas = [{ name: 'Floor', capacity: 18, price: 10 }];
  const { id: scheduleId, concertId, seatIds, areaIds } = await lane.schedule({ areas });
  const { id: otherScheduleId, concertId: otherConcertId } = await lane.schedule();
  const cancelled = await lane.schedule();
  return {
    concertId,
    otherConcertId,
    cancelledId: cancelled.id,
    cancelledOrders: await ordersIn(cancelled),
    otherQueueId: await lane.queue([(await lane.schedule()).concertId]),
    scheduleId,
    otherScheduleId,
    seatIds,
    areaIds,
    webhookIds: [webhook.id],
    places: new Map(),
    bookings: [],
    checkouts: [],
  };
}

/** A command of each kind, with arbitrary users and inputs. */
function commandsIn(shop: Shop, random: () => number): Record<CommandName, () => TakenCommand> {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const anybody = () => ({ subject: `user ${Math.floor(random() * 30)}` });
  const admitted = (subject = pick([...shop.places.keys()]) ?? 'user 0') => {
    return { subject, entryId: shop.places.get(subject) };
  };
  const seatId = () => pick(shop.seatIds);
  const owned = () => pick(shop.bookings.slice(-8)) ?? { id: 1, orderId: 1, subject: 'user 0' };
  const begun = () => pick(shop.checkouts.slice(-8)) ?? UNKNOWN_CHECKOUT;
  const anyRefund = () => 1 + Math.floor(random() * 5);
  const inAnyQueue = () => ({ input: random() < 0.3 ? { queueId: shop.otherQueueId } : {} });
  const operator = (input: object) => ({ subject: 'operator', input });
  const of = (name: CommandName, accepted: Parameters<TestLane['command']>[1]) =>
    lane.command(name, accepted);
  return {
    'close-concert': () =>
      of('close-concert', operator({ concertId: shop.otherConcertId, reason: 'Sold elsewhere' })),
    'reopen-concert': () => of('reopen-concert', operator({ concertId: shop.otherConcertId })),
    'edit-concert': () =>
      of('edit-concert', operator({ concertId: shop.otherConcertId, venue: 'The hall' })),
    'set-concert-image': () => {
      const image = { type: 'image/png', data: 'iVBORw0KGgoAAAAA' };
      return of('set-concert-image', operator({ concertId: shop.otherConcertId, ...image }));
    },
    'close-schedule': () =>
      of('close-schedule', operator({ scheduleId: shop.otherScheduleId, reason: 'A fault' })),
    'reopen-schedule': () => of('reopen-schedule', operator({ scheduleId: shop.otherScheduleId })),
    'edit-schedule': () => of('edit-schedule', operator({ scheduleId: shop.scheduleId })),
    'enter-queue': () => of('enter-queue', { ...anybody(), ...inAnyQueue() }),
    'leave-queue': () => of('leave-queue', { ...anybody(), ...inAnyQueue() }),
    'charge-points': () => of('charge-points', { ...anybody(), input: { amount: 500 } }),
    'use-points': () => of('use-points', { ...anybody(), input: { amount: 7 } }),
    'book-seat': () => of('book-seat', { ...admitted(), input: { seatId: seatId() } }),
    'book-seats': () => {
      const best = { scheduleId: shop.scheduleId, bestAvailable: { quantity: 2 } };
      const named = { seatIds: [...new Set([seatId(), seatId()])] };
      return of('book-seats', { ...admitted(), input: random() < 0.5 ? best : named });
    },
    'pay-booking': () => {
      const { id: bookingId, subject } = owned();
      return of('pay-booking', { ...admitted(subject), input: { bookingId } });
    },
    'cancel-booking': () => {
      const { id: bookingId, subject } = owned();
      return of('cancel-booking', { subject, input: { bookingId } });
    },
    'place-order': () => {
      const { scheduleId } = shop;
      const best = { scheduleId, bestAvailable: { quantity: 2 } };
      const named = { scheduleId, seatIds: [...new Set([seatId(), seatId()])] };
      const standing = { scheduleId, areas: [{ areaId: pick(shop.areaIds), quantity: 2 }] };
      const input = pick([best, named, standing, { ...named, ...standing }]);
      return of('place-order', { ...admitted(), input });
    },
    'pay-order': () => {
      const { orderId, subject } = owned();
      return of('pay-order', { ...admitted(subject), input: { orderId } });
    },
    'cancel-order': () => {
      const { orderId, subject } = owned();
      return of('cancel-order', { subject, input: { orderId } });
    },
    'cancel-order-as-operator': () => {
      const { orderId } = owned();
      return of('cancel-order-as-operator', operator({ orderId, reason: 'The buyer is ill' }));
    },
    'check-in': () => {
      const input = { ticketId: owned().id, scheduleId: shop.scheduleId, gate: 'North 2' };
      return of('check-in', { subject: 'the gate', input });
    },
    'open-gate': () => of('open-gate', operator({ scheduleId: shop.scheduleId, gate: 'North 2' })),
    'cancel-schedule': () =>
      of('cancel-schedule', operator({ scheduleId: shop.cancelledId, reason: 'Rain' })),
    'retry-cancellation': () =>
      of('retry-cancellation', operator({ scheduleId: shop.cancelledId })),
    'end-cancelled-order': () => {
      const { orderId, subject } = pick(shop.cancelledOrders);
      const input = { orderId, scheduleId: shop.cancelledId };
      return of('end-cancelled-order', { subject, input });
    },
    'block-seats': () => of('block-seats', operator({ seatIds: [seatId()], reason: 'Camera' })),
    'release-seats': () => of('release-seats', operator({ seatIds: [seatId()] })),
    'create-concert': () => of('create-concert', operator({ title: 'Again', description: null })),
    'create-hall': () => of('create-hall', operator({ name: 'Opera House', plan: PLAN })),
    'create-queue': () =>
      of('create-queue', operator({ name: 'Own', concertIds: [shop.otherConcertId] })),
    'create-schedule': () => {
      const times = { bookingStartAt: inHours(-1), bookingEndAt: inHours(24) };
      const seats = [{ section: null, row: null, from: 1, to: 2, price: 10 }];
      const shown = { startAt: inHours(48), endAt: inHours(50) };
      const { concertId } = shop;
      return of('create-schedule', operator({ concertId, ...times, ...shown, seats }));
    },
    'announce-draw': () => {
      const opens = { gathersAt: inHours(20), opensAt: inHours(21) };
      return of('announce-draw', operator({ concertId: shop.concertId, ...opens }));
    },
    'move-draw': () => {
      const opens = { gathersAt: inHours(20), opensAt: inHours(22) };
      return of('move-draw', operator({ concertId: shop.concertId, ...opens }));
    },
    'cancel-draw': () => of('cancel-draw', operator({ concertId: shop.concertId })),
    'save-hall': () => of('save-hall', operator({ hallId: 1, baseVersion: 1, plan: PLAN })),
    'set-admission': () => of('set-admission', operator({ isPaused: false })),
    'register-webhook': () => {
      const input = { url: 'https://other.example', commands: ['use-points'], events: [] };
      return of('register-webhook', operator(input));
    },
    'charge-points-as-operator': () =>
      of('charge-points-as-operator', operator({ amount: 500, subject: anybody().subject })),
    'start-checkout': () => {
      const { orderId, subject } = owned();
      return of('start-checkout', { ...admitted(subject), input: { orderId, ...RETURN } });
    },
    'start-top-up': () => of('start-top-up', { ...anybody(), input: { amount: 70, ...RETURN } }),
    'checkout-opened': () => {
      const { id: checkoutId, subject, key } = begun();
      const page = { ref: `chk_${checkoutId}`, redirectUrl: 'http://localhost:3100/pay' };
      const answer = random() < 0.7 ? { kind: 'opened', ...page } : { kind: 'over' };
      const input = { callId: checkoutId, checkoutId, key, answer };
      return of('checkout-opened', { subject, input });
    },
    'settle-checkout': () => {
      const { id: checkoutId, orderId, amount, subject, key } = begun();
      const outcome = random() < 0.7 ? { outcome: 'paid', amount } : { outcome: 'expired' };
      const input = { checkoutId, orderId, key, provider: 'sandbox', ...outcome };
      return of('settle-checkout', { subject, input });
    },
    'refund-ended': () => {
      const { id: checkoutId, subject, key } = begun();
      const answer =
        random() < 0.5 ? { kind: 'done', ref: 're_1' } : { kind: 'failed', failure: 'CLOSED' };
      const input = { checkoutId, refundId: anyRefund(), attempt: 1, key, answer };
      return of('refund-ended', { subject, input });
    },
    'retry-call': () => of('retry-call', operator({ callId: 1 })),
    'retry-refund': () => of('retry-refund', operator({ refundId: anyRefund() })),
    'end-refund': () =>
      of('end-refund', operator({ refundId: anyRefund(), as: 'points', reason: 'Closed' })),
    'remove-webhook': () => of('remove-webhook', operator({ webhookId: shop.webhookIds.at(-1) })),
  };
}

function remember(shop: Shop, finished: readonly FinishedCommand[]): void {
  for (const { name, jobId, subject, outcome } of finished) {
    if (outcome.state !== 'succeeded') continue;
    const result = outcome.result as Booking & { number: number; bookings: Booking[] };
    if (name === 'enter-queue') shop.places.set(subject, result.id);
    const made: Booking[] = name === 'book-seat' ? [result] : [];
    if (name === 'book-seats' || name === 'place-order') made.push(...result.bookings);
    shop.bookings.push(...made.map(({ id, orderId }) => ({ id, orderId, subject })));
    if (name === 'start-checkout' || name === 'start-top-up') {
      const { id, orderId, amount } = outcome.result as CheckoutResource;
      shop.checkouts.push({ id, orderId, amount, subject, key: checkoutKey({ id, jobId }) });
    }
    if (name === 'register-webhook') shop.webhookIds.push(result.id);
  }
}

/** Does all timed work, and then lets some holds and sessions run out, which commands are to meet. */
async function passTime(): Promise<void> {
  await admit(lane.orm, lane.config);
  await holdDraws(lane);
  await endWaiting({
    orm: lane.orm,
    settings: lane.config,
    onEnded: () => undefined,
    log: lane.deps.log,
  });
  await expireHolds(lane.orm);
  await relayEvents(lane.orm, { putEvents: async () => undefined, eventsAtOnce: 100 });
  await prune(lane.orm);
  await readLiveWebhooks(lane.orm, [1]);
  await checkDatabase(lane.orm);
  await endHolds(
    lane.rows,
    `id in (select min(id) from app_order where state = 'held' group by user_id)`,
    { holdEnd: `now() - interval '2 minutes'`, seatEnd: `now() - interval '1 minute'` },
  );
  await lane.rows(`update queue_entry set expires_at = now() - interval '1 second'
    where state = 'active' and number % 9 = 0`);
}

test('a connection holds few statements after every command, applied alone and together', async () => {
  const random = seededRandom(20_261_127);
  const shop = await openShop();
  const make = commandsIn(shop, random);
  expect(Object.keys(make).toSorted()).toEqual(Object.keys(commands).toSorted());
  const names = Object.keys(make) as CommandName[];
  const any = () => make[names[Math.floor(random() * names.length)] as CommandName]();
  for (const name of names) remember(shop, await lane.run(make[name]()));
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const length = batch % 2 === 0 ? 1 : 1 + Math.floor(random() * COMMANDS_MAX);
    const taken = Array.from({ length }, any);
    // As batches over several lanes are, which have a timeout of their own.
    const result = await runTogether(lane.deps, [{ lane: lane.lane, commands: taken }]);
    remember(shop, result?.finished ?? (await lane.run(...taken)));
    if (batch % 10 === 0) await passTime();
  }
  const refunds = `select from payment join app_order on app_order.id = order_id
    where kind = 'refund' and app_order.schedule_id = ${shop.cancelledId}`;
  expect((await lane.rows(refunds)).length, 'orders that batches have refunded').toBeGreaterThan(5);
  const prepared = await preparedOn(lane.orm);
  expect(prepared.length).toBeGreaterThan(PREPARED_MAX / 2);
  expect(prepared.length, prepared.join('\n')).toBeLessThanOrEqual(PREPARED_MAX);
  // Two indexes fit the conditions of these: only their plans show which one they use.
  const ofLiveBookings = ['lock seats', 'lock expired orders', 'live seats'];
  const ofCheckouts = [
    'lock checkouts',
    'checkouts of users',
    'extend holds',
    'owe calls',
    'end calls',
  ];
  expect(prepared).toEqual(
    expect.arrayContaining([...ofLiveBookings, ...ofCheckouts, 'check-ins of orders']),
  );

  // Rows are looked up by their order, not read in the order of their ids. Statements that write join a list of rows, for which the
  // planner may read an empty table.
  const ofOrders = (await wholeReadsWhenEmpty(lane.orm)).filter((read) =>
    /^(?!write|extend|change).*: (booking|payment|checkout)/.test(read),
  );
  expect(ofOrders).toEqual([]);
  // What is left is read whole on purpose: it is ordered and limited, counted, or has few rows.
  const unexpected = async () => (await wholeReads(lane.orm)).filter((read) => !WHOLE.test(read));
  const notOfAreas = (reads: readonly string[]) =>
    reads.filter((read) => !WHOLE_OF_ONE_AREA.test(read));
  expect(await unexpected()).toEqual([]);
  // Of a table as small as the one that these commands leave, a plan may well read everything.
  await lane.rows(`insert into queue_entry (id, queue_id, number, user_id, state, entered_at, admitted_at,
      ended_at, end_reason, job_id)
    select 1000000 + n, 1, -n, (select min(id) from app_user), 'ended', ${PAST}, ${PAST}, ${PAST}, 'paid', 'past'
    from generate_series(1, 2000) n`);
  await lane.rows('analyze');
  expect(notOfAreas(await unexpected())).toEqual([]);
  await lane.rows(`insert into area (schedule_id, name, capacity, price)
    select ${shop.scheduleId}, 'Area ' || number, 9, 10 from generate_series(1, 1000) as number`);
  expect(notOfAreas(await unexpected())).toEqual([]);
  await lane.rows('analyze');
  expect(await unexpected()).toEqual([]);
  // The audit after all tests would find no command behind these rows.
  await lane.rows(`delete from queue_entry where job_id = 'past'`);
  await lane.rows(`delete from area where name like 'Area %'`);
}, 120_000);
