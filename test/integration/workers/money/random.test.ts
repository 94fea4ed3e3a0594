/** Random commands and events of card payments, in batches: afterwards each unit of captured money is where the books say. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../../../scripts/simulate/seeded-random.ts';
import type { SettledCheckout } from '../../../../src/commands/money/settle-checkout.ts';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import type { FinishedCommand, TakenCommand } from '../../../../workers/batch/batch.ts';
import { runTogether } from '../../../../workers/batch/run-batch.ts';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import {
  type Checkouts,
  checkoutsOf,
  type KnownCheckout,
} from '../../../support/money/checkouts.ts';
import { type Orders, ordersOf } from '../../../support/orders.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

const ROUNDS = 200;
const BATCH_MAX = 6;
const USERS = 12;

let lane: TestLane;
let seatIds: number[];
let areaId: number;
let orders: Orders;
let checkouts: Checkouts;
beforeAll(async () => {
  lane = await openTestLane({ seatsPerUserMax: 60 });
  const schedule = await lane.schedule({ areas: [{ name: 'Floor', capacity: 9, price: 30 }] });
  ({ seatIds } = schedule);
  [areaId] = schedule.areaIds as [number];
  orders = ordersOf(lane, schedule.id);
  checkouts = checkoutsOf(lane);
});
afterAll(() => lane.stop());

/** What the test knows of the sale, from the outcomes alone. */
interface Known {
  buyers: Buyer[];
  orders: { id: number; buyer: Buyer }[];
  checkouts: KnownCheckout[];
  /** The checkouts of which an event has said that they are paid. */
  paid: Set<number>;
}

/** Each line is wrong: a checkout whose money is not where its row says. */
const WRONG = `
  with refund as (
    select checkout_id, sum(amount) as amount from card_refund group by checkout_id
  )
  select checkout.id, checkout.state from checkout left join refund on checkout_id = checkout.id
  where (captured > 0 and (select count(*) from point_history line where line.job_id = settled_job_id
      and line.kind = 'charge' and line.amount = captured and line.user_id = checkout.user_id) <> 1)
    or (paid_at is not null) <> exists (select from payment where payment.order_id = checkout.order_id
      and kind = 'payment' and payment.job_id = settled_job_id and price = captured)
    or refunding + refunded <> coalesce(refund.amount, 0)
    or exists (select from card_refund where card_refund.checkout_id = checkout.id and not exists (
      select from point_history line where line.job_id = card_refund.job_id and line.kind = 'use'
        and line.amount = card_refund.amount and line.user_id = checkout.user_id))`;

function commandsOf(known: Known, random: () => number): (() => TakenCommand | undefined)[] {
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const anyBuyer = () => pick(known.buyers) as Buyer;
  const ofOrder = (make: (order: Known['orders'][number]) => TakenCommand) => () => {
    const order = pick(known.orders.slice(-20));
    return order && make(order);
  };
  const ofCheckout = (make: (checkout: KnownCheckout) => TakenCommand) => () => {
    const checkout = pick(known.checkouts.slice(-20));
    return checkout && make(checkout);
  };
  const place = () =>
    random() < 0.7
      ? orders.place(anyBuyer(), [pick(seatIds) as number])
      : orders.placeIn(anyBuyer(), { areas: [{ areaId, quantity: 2 }] });
  const start = ofOrder(({ id, buyer }) => checkouts.start(buyer, id));
  const settle = ofCheckout((checkout) => {
    const outcome = pick(['paid', 'failed', 'expired']);
    return checkouts.settle(checkout, { outcome });
  });
  return [
    place,
    place,
    start,
    start,
    settle,
    settle,
    ofCheckout((checkout) => checkouts.opened(checkout)),
    ofOrder(({ id, buyer }) => orders.pay(buyer, id)),
    ofOrder(({ id, buyer }) => orders.cancel(buyer.subject, id)),
    () => checkouts.topUp(anyBuyer().subject, 40),
    () => lane.command('charge-points', { subject: anyBuyer().subject, input: { amount: 60 } }),
    () => lane.command('use-points', { subject: anyBuyer().subject, input: { amount: 50 } }),
  ];
}

async function remember(known: Known, { name, subject, entryId, outcome }: FinishedCommand) {
  if (outcome.state !== 'succeeded') return;
  if (name === 'place-order') {
    const buyer = { subject, entryId: entryId as number };
    known.orders.push({ id: (outcome.result as Order).id, buyer });
  }
  if (name === 'start-checkout' || name === 'start-top-up') {
    known.checkouts.push(await checkouts.known(outcome.result));
  }
  if (name !== 'settle-checkout') return;
  const { checkout } = outcome.result as SettledCheckout;
  const isCaptured = ['paid', 'credited', 'refunding', 'refunded'];
  if (checkout && isCaptured.includes(checkout.state)) known.paid.add(checkout.id);
}

/** Users whose queue entry has ended get another one. */
async function everybody(): Promise<Buyer[]> {
  const buyers = [];
  for (let user = 0; user < USERS; user += 1) buyers.push(await lane.buyer(`user ${user}`));
  return buyers;
}

test('random commands and events leave no unit of money lost or counted twice', async () => {
  const random = seededRandom(20_261_128);
  const known: Known = { buyers: await everybody(), orders: [], checkouts: [], paid: new Set() };
  const makers = commandsOf(known, random);
  const codes = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const length = 1 + Math.floor(random() * BATCH_MAX);
    const any = () => makers[Math.floor(random() * makers.length)]?.();
    const commands = Array.from({ length }, any).filter((command) => command !== undefined);
    const result = await runTogether(lane.deps, [{ lane: lane.lane, commands }]);
    expect(result, `batch ${round} was split: ${commands.map(({ name }) => name)}`).toBeDefined();
    for (const finished of result?.finished ?? []) {
      const { name, outcome } = finished;
      expect(outcome.state, name).not.toBe('failed');
      const what = `${name} ${outcome.state === 'rejected' ? outcome.problem.code : outcome.state}`;
      codes.set(what, (codes.get(what) ?? 0) + 1);
      await remember(known, finished);
    }
    if (round % 5 === 0) known.buyers = await everybody();
    const order = random() < 0.2 && known.orders.at(-1);
    if (order) await lane.expireHold({ orderId: order.id });
    if (random() < 0.1) await expireHolds(lane.orm);
    expect(await lane.rows(WRONG), `after batch ${round}`).toEqual([]);
  }
  const captured = await lane.rows<{ id: number }>(
    'select id::int from checkout where captured > 0 order by id',
  );
  expect(captured.map(({ id }) => id)).toEqual([...known.paid].toSorted((one, two) => one - two));
  // The commands have met each other.
  for (const what of ['settle-checkout succeeded', 'start-checkout CHECKOUT_OPEN']) {
    expect(codes.get(what), what).toBeGreaterThan(3);
  }
  const states = await lane.rows<{ state: string }>('select distinct state from checkout');
  const expected = ['paid', 'credited', 'refunding', 'failed', 'expired'];
  expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(expected));
}, 60_000);
