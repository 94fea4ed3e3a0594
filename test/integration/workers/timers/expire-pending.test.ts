/** A payment that was accepted in time is not too late because its lane gets to it late. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../workers/timers/expire-holds.ts';
import type { RunningWorker } from '../../../../workers/worker.ts';
import { endHolds } from '../../../support/end-holds.ts';
import type { AdmittedUser } from '../../../support/http/client.ts';
import { expectProblem } from '../../../support/http/problems.ts';
import { startSeatlane, type TestSeatlane } from '../../../support/services/seatlane.ts';
import { untilTimerRan } from '../../../support/services/timer-runs.ts';
import { waitFor } from '../../../support/wait-for.ts';

const MINUTE = 60_000;

let seatlane: TestSeatlane;
let worker: RunningWorker;
beforeAll(async () => {
  seatlane = await startSeatlane({ workers: 0, settings: { HOLD_GRACE_SECONDS: '0' } });
});
afterAll(() => seatlane.stop());

/** Holds a seat in an order. @returns the order's id, and a seat that is free */
async function heldBy(user: AdmittedUser) {
  const { client } = seatlane;
  const { id: scheduleId, seats } = await client.schedule({
    seats: [{ from: 1, to: 2, price: 10 }],
  });
  const [seatId, freeSeatId] = seats.map(({ id }) => id) as [number, number];
  const body = { scheduleId, seatIds: [seatId] };
  const { body: held } = await client.command('POST', '/orders', { ...user, body });
  return { orderId: held.result.id as number, scheduleId, seatId, freeSeatId };
}

const endHold = (orderId: number, end: string) =>
  endHolds(seatlane.rows, `id = ${orderId}`, { holdEnd: end, seatEnd: end });

async function stateOf(orderId: number): Promise<string | undefined> {
  const rows = await seatlane.rows<{ state: string }>(
    `select state from app_order where id = ${orderId}`,
  );
  return rows[0]?.state;
}

const outcomeOf = (jobId: string, user: AdmittedUser) =>
  waitFor('the outcome', async () => {
    const { body } = await seatlane.client.request('GET', `/jobs/${jobId}`, user);
    return body.finishedAt ? body : undefined;
  });

test('a hold whose payment is pending is kept long after its end, until the payment was carried out', async () => {
  const { client } = seatlane;
  const first = await seatlane.addWorker();
  const ada = await client.admitted('ada');
  const { orderId } = await heldBy(ada);
  await client.command('POST', '/points/charge', { ...ada, body: { amount: 1_000_000 } });
  await first.stop();

  const timers = await seatlane.addWorker({ parts: ['timers'] });
  const paying = await client.request('POST', `/orders/${orderId}/pay`, ada);
  expect(paying.status).toBe(202);
  await endHold(orderId, 'now()');
  await untilTimerRan(seatlane, 'expire-holds', 2);
  expect(await stateOf(orderId)).toBe('held');
  await timers.stop();

  worker = await seatlane.addWorker();
  const paid = await outcomeOf(paying.body.id, ada);
  expect(paid).toMatchObject({ state: 'succeeded', result: { order: { state: 'paid' } } });
});

test('nobody else gets a seat while its payment is pending', async () => {
  const { client } = seatlane;
  const dan = await client.admitted('dan');
  const eve = await client.admitted('eve');
  const { orderId, seatId } = await heldBy(dan);
  await client.command('POST', '/points/charge', { ...dan, body: { amount: 10 } });
  await worker.stop();

  const paying = await client.request('POST', `/orders/${orderId}/pay`, dan);
  await endHold(orderId, 'now()');
  const seats = await seatlane.addWorker({ parts: ['seat'] });
  const booked = await client.command('POST', `/concerts/seats/${seatId}/book`, eve);
  expectProblem(booked, 409, 'SEAT_ALREADY_HELD');
  await seats.stop();

  worker = await seatlane.addWorker();
  const paid = await outcomeOf(paying.body.id, dan);
  expect(paid).toMatchObject({ state: 'succeeded', result: { order: { state: 'paid' } } });
});

test('a hold is ended while commands are pending that cannot pay for it', async () => {
  const { client } = seatlane;
  const cid = await client.admitted('cid');
  const { orderId, freeSeatId } = await heldBy(cid);
  await worker.stop();
  const booking = await client.request('POST', `/concerts/seats/${freeSeatId}/book`, cid);
  expect(booking.status).toBe(202);
  await endHold(orderId, 'now()');
  const timers = await seatlane.addWorker({ parts: ['timers'] });
  await waitFor('its end', async () => (await stateOf(orderId)) === 'expired');
  await timers.stop();
  worker = await seatlane.addWorker();
});

test('a hold is ended ten minutes after its end, whatever is pending', async () => {
  const { client, orm } = seatlane;
  const { orderId } = await heldBy(await client.admitted('bea'));
  // Its timers would end the hold.
  await worker.stop();
  const lastEnd = Date.now() - 60 * MINUTE;
  const endAt = async (minutes: number) => {
    await endHold(orderId, `now() - interval '${minutes} minutes'`);
    await expireHolds(orm, { lastEnd });
    return stateOf(orderId);
  };
  expect(await endAt(9)).toBe('held');
  expect(await endAt(11)).toBe('expired');
});
