/** A worker of an installation without areas sends no statement for them; one that knows of an area does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Order } from '../../../../src/commands/schemas/resources.ts';
import { Remembered } from '../../../../workers/batch/remembered.ts';
import { type Orders, ordersOf } from '../../../support/orders.ts';
import { preparedOn } from '../../../support/prepared-statements.ts';
import { type Buyer, openTestLane, type TestLane } from '../../../support/services/test-lane.ts';

let lane: TestLane;
beforeAll(async () => {
  lane = await openTestLane({}, { connectionsMax: 1 });
});
afterAll(() => lane.stop());

async function buySeat(buyer: Buyer, orders: Orders, seatId: number): Promise<void> {
  await lane.points(buyer.subject, 100);
  const { id } = await lane.result<Order>(orders.placeIn(buyer, { seatIds: [seatId] }));
  await lane.result(orders.pay(buyer, id));
}

/** The statements of this connection that concern areas. */
const statements = async () => (await preparedOn(lane.orm)).filter((name) => /area/.test(name));

test('a seat is bought without looking for areas, until there is one', async () => {
  const { id, seatIds } = await lane.schedule();
  await buySeat(await lane.buyer('ada'), ordersOf(lane, id), seatIds[0] as number);
  expect(await statements()).toEqual([]);
  expect(lane.deps.remembered.areaUse.isAnyKnown).toBe(false);

  const mixed = await lane.schedule({ areas: [{ name: 'Floor', capacity: 9, price: 1 }] });
  // As a process that starts now.
  lane.deps.remembered = new Remembered();
  await buySeat(await lane.buyer('bea'), ordersOf(lane, mixed.id), mixed.seatIds[0] as number);
  expect(await statements()).toEqual(['lock areas']);
});
